package io.gapo.core.combine;

import java.util.Arrays;
import java.util.List;

/**
 * How the objectives' gradients are combined: {@code d = Σ wᵢ gᵢ}.
 *
 * @param alpha the objectives' shares, shape (M): non-negative, summing to 1, or to less where an
 *     objective was skipped and its share with it. A combiner that shares out nothing reports its
 *     weights, scaled to sum to 1, whatever their signs
 * @param weights what multiplies the raw ascent gradients, shape (M)
 * @param dualityGap the solver's certificate of optimality, relative; 0 where there is no solve
 * @param leftOut names of the objectives that had no gradient in this step, in its order: their
 *     shares and weights are 0
 * @param memory what the method has learned, this step included, for the next step; empty where the
 *     method learns nothing
 */
public record Combination(
    double[] alpha,
    double[] weights,
    double dualityGap,
    List<String> leftOut,
    MethodMemory memory) {

  public Combination {
    alpha = alpha.clone();
    weights = weights.clone();
    leftOut = List.copyOf(leftOut);
    if (alpha.length != weights.length) {
      throw new IllegalArgumentException(
          "expected as many shares as weights, was %s and %s"
              .formatted(alpha.length, weights.length));
    }
  }

  /** Creates the combination of a method that learns nothing. */
  public Combination(double[] alpha, double[] weights, double dualityGap) {
    this(alpha, weights, dualityGap, MethodMemory.NONE);
  }

  /** Creates a combination that leaves no objective out. */
  public Combination(double[] alpha, double[] weights, double dualityGap, MethodMemory memory) {
    this(alpha, weights, dualityGap, List.of(), memory);
  }

  /** A copy with another memory. */
  public Combination remembering(MethodMemory otherMemory) {
    return new Combination(alpha, weights, dualityGap, leftOut, otherMemory);
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
        && leftOut.equals(that.leftOut)
        && memory.equals(that.memory);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(weights);
  }

  @Override
  public String toString() {
    return "Combination[alpha=%s, weights=%s, dualityGap=%s, leftOut=%s, memory=%s]"
        .formatted(Arrays.toString(alpha), Arrays.toString(weights), dualityGap, leftOut, memory);
  }
}
