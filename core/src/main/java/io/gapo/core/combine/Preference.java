package io.gapo.core.combine;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How much a user wants of each objective; only the ratios count.
 *
 * @param shares λ by the objective's name, non-negative; scaled to sum to 1
 */
public record Preference(SortedMap<String, Double> shares) {

  public Preference {
    SortedMap<String, Double> scaled = new TreeMap<>(shares);
    double sum = 0;
    for (double share : scaled.values()) {
      if (!(share >= 0)) {
        throw new IllegalArgumentException("preferences must be >= 0, was " + shares);
      }
      sum += share;
    }
    if (!(sum > 0 && sum < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("preferences must have a finite sum > 0, was " + shares);
    }
    double total = sum;
    scaled.replaceAll((name, share) -> share / total);
    shares = Collections.unmodifiableSortedMap(scaled);
  }

  public static Preference of(Map<String, Double> shares) {
    return new Preference(new TreeMap<>(shares));
  }

  /** As much of each objective. */
  public static Preference even(List<String> objectives) {
    SortedMap<String, Double> shares = new TreeMap<>();
    objectives.forEach(name -> shares.put(name, 1.0));
    return new Preference(shares);
  }

  /**
   * λ of the objectives to be weighed, in their order, shape (M).
   *
   * @throws IllegalArgumentException if it is a preference among other objectives than the run's
   */
  double[] sharesFor(MeasuredObjectives objectives) {
    if (!shares.keySet().equals(objectives.meanScores().keySet())) {
      throw new IllegalArgumentException(
          "the preference is among the objectives %s, the run has %s: set gapo.objectives alike in"
                  .formatted(shares.keySet(), objectives.meanScores().keySet())
              + " all processes");
    }
    return objectives.objectives().stream()
        .mapToDouble(name -> shares.getOrDefault(name, 0.0))
        .toArray();
  }
}
