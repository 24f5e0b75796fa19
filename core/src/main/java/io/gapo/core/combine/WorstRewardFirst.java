package io.gapo.core.combine;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Fast RL: multiplicative weights that lean to the objective with the lowest reward (Li et al.,
 * EMNLP 2024, "Fair and Stable Reward Composition").
 *
 * <p>{@code wᵢ ← wᵢ · exp(−η rᵢ)/Z} from {@code 1/M}, with the batch's mean score {@code rᵢ}; moved
 * before the step is weighed. The memory is {@code ln wᵢ} of each objective, held at or above
 * {@link #LEAST} below the largest: a weight that has all but vanished would otherwise take as long
 * to come back.
 *
 * @param rate η, above 0
 */
public record WorstRewardFirst(double rate) implements GradientCombiner {

  /** The name under which the method keeps its memory. */
  public static final String METHOD = "fast-rl";

  /** Natural logarithm of the smallest ratio of two weights: about a thousandth. */
  static final double LEAST = -7;

  public WorstRewardFirst {
    if (!(rate > 0 && Double.isFinite(rate))) {
      throw new IllegalArgumentException("rate must be > 0, was " + rate);
    }
  }

  @Override
  public Combination combine(MeasuredObjectives objectives) {
    SortedMap<String, Double> logarithms = before(objectives);
    objectives
        .meanScores()
        .forEach((name, score) -> logarithms.merge(name, -rate * score, Double::sum));
    double largest =
        logarithms.values().stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    logarithms.replaceAll((name, logarithm) -> Math.max(LEAST, logarithm - largest));
    double sum = logarithms.values().stream().mapToDouble(Math::exp).sum();
    double[] weights =
        objectives.objectives().stream()
            .mapToDouble(name -> Math.exp(logarithms.getOrDefault(name, LEAST)) / sum)
            .toArray();
    Map<String, List<Double>> remembered = new TreeMap<>();
    logarithms.forEach((name, logarithm) -> remembered.put(name, List.of(logarithm)));
    return new Combination(weights, weights, 0, MethodMemory.of(METHOD, remembered));
  }

  private static SortedMap<String, Double> before(MeasuredObjectives objectives) {
    SortedMap<String, List<Double>> memory = objectives.memory().of(METHOD);
    SortedMap<String, Double> logarithms = new TreeMap<>();
    if (memory.isEmpty()) {
      objectives.meanScores().keySet().forEach(name -> logarithms.put(name, 0.0));
      return logarithms;
    }
    if (!memory.keySet().equals(objectives.meanScores().keySet())) {
      throw new IllegalArgumentException(
          "the memory of %s is of the objectives %s, the run has %s"
              .formatted(METHOD, memory.keySet(), objectives.meanScores().keySet()));
    }
    memory.forEach(
        (name, numbers) -> {
          if (numbers.size() != 1) {
            throw new IllegalArgumentException(
                "%s numbers are not the memory of an objective".formatted(numbers.size()));
          }
          logarithms.put(name, numbers.get(0));
        });
    return logarithms;
  }

  @Override
  public void requireUsable(MethodMemory memory) {
    memory.of(METHOD);
  }
}
