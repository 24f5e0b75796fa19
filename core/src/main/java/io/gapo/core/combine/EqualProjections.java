package io.gapo.core.combine;

import java.util.Arrays;

/**
 * IMTL-G (Liu et al., ICLR 2021, §3.1): the direction with the same projection on every gradient's
 * direction, weights summing to 1.
 *
 * <p>{@code C y = 1, wᵢ ∝ yᵢ/nᵢ} with C the cosines. Weights may be negative. Where gradients are
 * zero or linearly dependent, or the weights sum to 0, there is no one such direction: all weights
 * are 0. Zero gradients are left out before, see {@link WithoutShortGradients}.
 */
public record EqualProjections() implements GramCombiner {

  /** So near to cancelling, relative to their sizes, the weights' sum is rounding. */
  private static final double CANCELLED = 0x1p-50;

  @Override
  public Combination combine(GramMatrix gram) {
    int m = gram.objectives();
    Cholesky cosines = new Cholesky(m);
    // A zero gradient's cosines, its own included, are 0, so that C is singular.
    if (!cosines.factorize(gram::cosine, m)) {
      return Combination.none(m);
    }
    // A pivot is the square of the sine of the angle to the gradients before.
    double dependent = 4 * m * gram.resolution() * gram.resolution();
    for (int i = 0; i < m; i++) {
      if (cosines.pivot(i) <= dependent) {
        return Combination.none(m);
      }
    }
    double[] weights = new double[m];
    Arrays.fill(weights, 1);
    cosines.solve(weights);
    double sum = 0;
    double magnitude = 0;
    for (int i = 0; i < m; i++) {
      weights[i] /= gram.norm(i);
      sum += weights[i];
      magnitude += Math.abs(weights[i]);
    }
    if (Math.abs(sum) <= CANCELLED * magnitude) {
      return Combination.none(m);
    }
    for (int i = 0; i < m; i++) {
      weights[i] /= sum;
    }
    return Combination.ofWeights(weights);
  }
}
