package io.gapo.core.combine;

/**
 * Aligned-MTL (Senushkin et al., CVPR 2023, Algorithm 1): the mean of the gradients after their
 * principal components have been scaled to the length of the shortest, which makes them orthogonal.
 *
 * <p>{@code w = √λ_min G^(−½) (1/M, …, 1/M)}. Components of rank-deficient gradients that are 0 but
 * for rounding are left out of both λ_min and the root, as in the paper; if all are, there is no
 * direction.
 */
public record AlignedPrincipalComponents() implements GramCombiner {

  @Override
  public Combination combine(GramMatrix gram) {
    int m = gram.objectives();
    SymmetricEigen eigen = SymmetricEigen.of(gram.toRows());
    double[] values = eigen.values();
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, value);
    }
    // Eigenvalues are squared lengths.
    double negligible = m * gram.resolution() * gram.resolution() * largest;
    double smallest = Double.POSITIVE_INFINITY;
    for (double value : values) {
      if (value > negligible) {
        smallest = Math.min(smallest, value);
      }
    }
    double[] weights = new double[m];
    for (int k = 0; k < m; k++) {
      if (values[k] < smallest) {
        continue;
      }
      double mean = 0;
      for (int i = 0; i < m; i++) {
        mean += eigen.vectors()[i][k] / m;
      }
      for (int i = 0; i < m; i++) {
        weights[i] += Math.sqrt(smallest / values[k]) * mean * eigen.vectors()[i][k];
      }
    }
    return Combination.ofWeights(weights);
  }
}
