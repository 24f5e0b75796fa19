package io.gapo.core.rollout;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How much of each objective a prompt's author asks for: the λ that travels with the prompt.
 *
 * @param shares λ by the objective's name, non-negative; scaled to sum to 1. An objective that is
 *     not named has none
 */
public record PromptPreference(SortedMap<String, Double> shares) {

  private static final double ROUNDING = 1e-9;

  public PromptPreference {
    SortedMap<String, Double> scaled = new TreeMap<>(shares);
    double sum = 0;
    for (Map.Entry<String, Double> share : scaled.entrySet()) {
      if (!(share.getValue() >= 0 && share.getValue() < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "the preference for '%s' must be a finite number >= 0, was %s"
                .formatted(share.getKey(), share.getValue()));
      }
      sum += share.getValue();
    }
    if (!(sum > 0 && sum < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "a preference must have a finite sum > 0, was " + Map.copyOf(shares));
    }
    // Scaled once: a rollout that is written and read again keeps its digest.
    double total = Math.abs(sum - 1) <= ROUNDING ? 1 : sum;
    scaled.replaceAll((name, share) -> share / total);
    shares = Collections.unmodifiableSortedMap(scaled);
  }

  public static PromptPreference of(Map<String, Double> shares) {
    return new PromptPreference(new TreeMap<>(shares));
  }

  /** An objective that it names and the run does not have, if there is one. */
  public Optional<String> unknown(List<String> objectives) {
    return shares.keySet().stream().filter(name -> !objectives.contains(name)).findFirst();
  }

  /** λ in the order of the run's objectives, shape (M). */
  public double[] sharesOf(List<String> objectives) {
    return objectives.stream().mapToDouble(name -> shares.getOrDefault(name, 0.0)).toArray();
  }
}
