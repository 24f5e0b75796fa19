package io.gapo.core.combine;

import java.util.Arrays;

/**
 * How the objectives' gradients are combined: {@code d = Σ wᵢ gᵢ}.
 *
 * @param alpha the objectives' shares, shape (M): non-negative, summing to 1, or to less where an
 *     objective was skipped and its share with it. A combiner that shares out nothing reports its
 *     weights, scaled to sum to 1, whatever their signs
 * @param weights what multiplies the raw ascent gradients, shape (M)
 * @param dualityGap the solver's certificate of optimality, relative; 0 where there is no solve
 * @param memory what the method has learned, this step included, for the next step; empty where the
 *     method learns nothing
 */
public record Combination(
    double[] alpha, double[] weights, double dualityGap, MethodMemory memory) {

  public Combination {
    alpha = alpha.clone();
    weights = weights.clone();
    if (alpha.length != weights.length) {
      throw new IllegalArgumentException(
          "expected as many shares as weights, was %s and %s"
              .formatted(alpha.length, weights.length));
    }
  }

  /** Of a method that learns nothing. */
  public Combination(double[] alpha, double[] weights, double dualityGap) {
    this(alpha, weights, dualityGap, MethodMemory.NONE);
  }

  /** The same, remembered otherwise. */
  public Combination remembering(MethodMemory otherMemory) {
    return new Combination(alpha, weights, dualityGap, otherMemory);
  }

  /** Weights that nothing was shared out for. */
  static Combination ofWeights(double[] weights) {
    double sum = Arrays.stream(weights).sum();
    double[] alpha =
        sum == 0 ? weights : Arrays.stream(weights).map(weight -> weight / sum).toArray();
    return new Combination(alpha, weights, 0);
  }

  /** No direction at all: every share and weight is 0. */
  public static Combination none(int objectives) {
    return new Combination(new double[objectives], new double[objectives], 0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Combination that
        && Arrays.equals(alpha, that.alpha)
        && Arrays.equals(weights, that.weights)
        && dualityGap == that.dualityGap
        && memory.equals(that.memory);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(weights);
  }

  @Override
  public String toString() {
    return "Combination[alpha=%s, weights=%s, dualityGap=%s, memory=%s]"
        .formatted(Arrays.toString(alpha), Arrays.toString(weights), dualityGap, memory);
  }
}
