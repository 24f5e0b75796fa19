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
    double meanNorm = gram.norm(mean);
    double radius = c * meanNorm;
    double longest = 0;
    for (int i = 0; i < m; i++) {
      longest = Math.max(longest, gram.norm(i));
    }
    if (radius <= gram.resolution() * longest) {
      return Combination.ofWeights(mean);
    }
    double low = 0;
    double high = longest / radius;
    for (double s = high / 2; low < s && s < high; s = low + (high - low) / 2) {
      if (gram.norm(worstOff(gram, mean, s)) > s * radius) {
        low = s;
      } else {
        high = s;
      }
    }
    double[] worstOff = worstOff(gram, mean, high);
    double norm = gram.norm(worstOff);
    if (norm <= gram.resolution() * meanNorm) {
      return Combination.ofWeights(mean);
    }
    double[] weights = new double[m];
    for (int i = 0; i < m; i++) {
      weights[i] = mean[i] + radius / norm * worstOff[i];
    }
    return Combination.ofWeights(weights);
  }

  /** The w whose {@code g_w + s g₀} is shortest. */
  private static double[] worstOff(GramMatrix gram, double[] mean, double s) {
    int m = gram.objectives();
    double[] alignment = new double[m];
    double meanSquare = 0;
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < m; j++) {
        alignment[i] += gram.at(i, j) * mean[j];
      }
      meanSquare += mean[i] * alignment[i];
    }
    double[][] shifted = gram.toRows();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < m; j++) {
        shifted[i][j] += s * (alignment[i] + alignment[j]) + s * s * meanSquare;
      }
      shifted[i][i] = Math.max(0, shifted[i][i]);
    }
    return GradientAdaptive.mgda().combine(GramMatrix.of(shifted)).alpha();
  }
}
