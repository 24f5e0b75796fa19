package io.gapo.core.ppo;

import java.util.Arrays;
import java.util.List;

/**
 * A batch's scores of all objectives, with the responses that are compared with each other.
 *
 * @param scores as the objectives gave them, by objective and response, shape (M, B)
 * @param rewards the scores on the scales on which they become rewards, shape (M, B)
 * @param groups the places of each prompt's responses in the batch; every place is in one group
 */
public record GroupedScores(double[][] scores, double[][] rewards, List<List<Integer>> groups) {

  /**
   * Below this share of the largest value of a group, a deviation is what the mean's rounding
   * leaves.
   */
  private static final double ROUNDING = 1e-12;

  public GroupedScores {
    groups = groups.stream().map(List::copyOf).toList();
    int responses = groups.stream().mapToInt(List::size).sum();
    for (double[][] values : List.of(scores, rewards)) {
      if (values.length != scores.length
          || !Arrays.stream(values).allMatch(row -> row.length == responses)) {
        throw new IllegalArgumentException(
            "expected %s numbers for each of %s objectives, one a response"
                .formatted(responses, scores.length));
      }
    }
  }

  /** M. */
  public int objectives() {
    return scores.length;
  }

  /** B. */
  public int responses() {
    return scores[0].length;
  }

  /**
   * Each value's distance from its group's mean, in the group's standard deviations, shape (B):
   * GRPO's advantage (Shao et al., arXiv 2402.03300, §4.1.2). The deviation is that of a sample,
   * with {@code K − 1} in its denominator, as in TRL and verl, but nothing is added to it: values
   * that are all alike, but for rounding, give 0, as does a response without others.
   *
   * @param values one a response, shape (B)
   */
  double[] normalisedInGroups(double[] values) {
    double[] normalised = new double[values.length];
    groups.forEach(group -> normalise(values, group, normalised));
    return normalised;
  }

  /**
   * Writes the values at these places as distances from their mean, in their deviations.
   *
   * @param into where the others stay as they are
   */
  static void normalise(double[] values, List<Integer> places, double[] into) {
    double mean = places.stream().mapToDouble(i -> values[i]).sum() / places.size();
    double squares = 0;
    double largest = 0;
    for (int i : places) {
      squares += (values[i] - mean) * (values[i] - mean);
      largest = Math.max(largest, Math.abs(values[i]));
    }
    double deviation = places.size() < 2 ? 0 : Math.sqrt(squares / (places.size() - 1));
    boolean alike = deviation <= ROUNDING * largest;
    for (int i : places) {
      into[i] = alike ? 0 : (values[i] - mean) / deviation;
    }
  }
}
