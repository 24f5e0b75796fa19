package io.gapo.core.combine;

/**
 * PCGrad (Yu et al., NeurIPS 2020, Algorithm 1): each gradient is projected off those it conflicts
 * with, and the results are added.
 *
 * <p>The others are taken in the run's order, not in a random one, so that a step can be repeated.
 * A zero gradient conflicts with none. With more than two objectives the sum may still conflict.
 */
public record ProjectingConflicts() implements GramCombiner {

  @Override
  public Combination combine(GramMatrix gram) {
    int m = gram.objectives();
    double[] weights = new double[m];
    for (int i = 0; i < m; i++) {
      // The projected gradient over ‖gᵢ‖, as coordinates on the unit gradients.
      double[] coordinates = new double[m];
      coordinates[i] = 1;
      for (int j = 0; j < m; j++) {
        double alignment = 0;
        for (int k = 0; k < m; k++) {
          alignment += coordinates[k] * gram.cosine(k, j);
        }
        if (j != i && alignment < 0) {
          coordinates[j] -= alignment;
        }
      }
      weights[i]++;
      for (int k = 0; k < m; k++) {
        if (k != i && coordinates[k] != 0) {
          weights[k] += coordinates[k] * (gram.norm(i) / gram.norm(k));
        }
      }
    }
    return Combination.ofWeights(weights);
  }
}
