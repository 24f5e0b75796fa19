package io.gapo.core.combine;

import java.util.Arrays;

/**
 * CAGrad(c) (Liu et al., NeurIPS 2021, Algorithm 1): the direction within {@code c‖g₀‖} of the mean
 * gradient g₀ that helps the worst-off objective most. Not rescaled afterwards.
 *
 * <p>{@code d = g₀ + (c‖g₀‖/‖g_w‖) g_w with w = argmin g_w·g₀ + c‖g₀‖‖g_w‖ over the simplex}. For a
 * fixed {@code s = ‖g_w‖/(c‖g₀‖)} that is the shortest vector among the {@code gᵢ + s g₀}, so s is
 * found by bisection over exact solves.
 *
 * <p>Where the mean gradient is 0, or g_w is, no direction within the radius is better than the
 * others: the answer is the mean gradient.
 *
 * @param c in [0, 1): 0 is the mean gradient, towards 1 it approaches MGDA's direction
 */
public record ConflictAverse(double c) implements GramCombiner {

  public ConflictAverse {
    if (!(c >= 0 && c < 1)) {
      throw new IllegalArgumentException("c must be in [0, 1), was " + c);
    }
  }

  @Override
  public Combination combine(GramMatrix gram) {
    int m = gram.objectives();
    double[] mean = new double[m];
    Arrays.fill(mean, 1.0 / m);
    return Combination.ofWeights(corrected(gram, mean, c, worstOff(gram, mean, c)));
  }

  /**
   * The weights {@code w} of the objectives that the anchor g₀ helps least: {@code argmin g_w·g₀ +
   * c‖g₀‖‖g_w‖} over the simplex, shape (M). Zeros where no direction within the radius is better
   * than the anchor.
   *
   * @param anchor weights of g₀, non-negative, shape (M)
   */
  static double[] worstOff(GramMatrix gram, double[] anchor, double c) {
    int m = gram.objectives();
    double anchorNorm = gram.norm(anchor);
    double radius = c * anchorNorm;
    double longest = 0;
    for (int i = 0; i < m; i++) {
      longest = Math.max(longest, gram.norm(i));
    }
    if (radius <= gram.resolution() * longest) {
      return new double[m];
    }
    double low = 0;
    double high = longest / radius;
    for (double s = high / 2; low < s && s < high; s = low + (high - low) / 2) {
      if (gram.norm(shortest(gram, anchor, s)) > s * radius) {
        low = s;
      } else {
        high = s;
      }
    }
    double[] worstOff = shortest(gram, anchor, high);
    return gram.norm(worstOff) <= gram.resolution() * anchorNorm ? new double[m] : worstOff;
  }

  /** Weights of {@code g₀ + c‖g₀‖ g_w/‖g_w‖}; of g₀ where g_w is 0. */
  static double[] corrected(GramMatrix gram, double[] anchor, double c, double[] correction) {
    double[] weights = anchor.clone();
    double norm = gram.norm(correction);
    if (norm > 0) {
      double length = c * gram.norm(anchor);
      for (int i = 0; i < weights.length; i++) {
        weights[i] += length / norm * correction[i];
      }
    }
    return weights;
  }

  /** The w whose {@code g_w + s g₀} is shortest. */
  private static double[] shortest(GramMatrix gram, double[] anchor, double s) {
    int m = gram.objectives();
    double[] alignment = gram.alignments(anchor);
    double anchorSquare = MinNormSolver.dot(anchor, alignment);
    double[][] shifted = gram.toRows();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < m; j++) {
        shifted[i][j] += s * (alignment[i] + alignment[j]) + s * s * anchorSquare;
      }
      shifted[i][i] = Math.max(0, shifted[i][i]);
    }
    return GradientAdaptive.mgda().combine(GramMatrix.of(shifted)).alpha();
  }
}
