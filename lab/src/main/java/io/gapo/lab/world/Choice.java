package io.gapo.lab.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Seeded draws from lists and mixtures. */
final class Choice {

  private Choice() {}

  static <T> T of(List<T> items, SplittableRandom random) {
    return items.get(random.nextInt(items.size()));
  }

  /** {@code count} different items in random order; all of them if there are fewer. */
  static <T> List<T> several(List<T> items, int count, SplittableRandom random) {
    List<T> left = new ArrayList<>(items);
    List<T> chosen = new ArrayList<>();
    while (chosen.size() < count && !left.isEmpty()) {
      chosen.add(left.remove(random.nextInt(left.size())));
    }
    return chosen;
  }

  /** A key, drawn with probability proportional to its value. */
  static <T extends Enum<T>> T from(Map<T, Double> mixture, SplittableRandom random) {
    double total = mixture.values().stream().mapToDouble(Double::doubleValue).sum();
    double left = random.nextDouble() * total;
    T last = null;
    for (Map.Entry<T, Double> entry : mixture.entrySet()) {
      last = entry.getKey();
      left -= entry.getValue();
      if (left < 0) {
        break;
      }
    }
    if (last == null) {
      throw new IllegalArgumentException("a mixture needs at least one part");
    }
    return last;
  }
}
