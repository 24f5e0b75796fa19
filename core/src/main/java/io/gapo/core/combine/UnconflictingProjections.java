package io.gapo.core.combine;

/**
 * UPGrad (Quinton and Rey, "Jacobian Descent for Multi-Objective Optimization", 2024, §2.2): the
 * mean of the gradients after each is projected onto the cone of directions that conflict with
 * none.
 *
 * <p>Gradient i's projection has weights {@code argmin vᵀGv over v ≥ eᵢ}, solved exactly in the
 * variables {@code vₖnₖ/nᵢ}. A zero gradient conflicts with none and projects to itself.
 */
public record UnconflictingProjections() implements GramCombiner {

  @Override
  public Combination combine(GramMatrix gram) {
    int m = gram.objectives();
    double[] cosines = new double[m * m];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < m; j++) {
        cosines[i * m + j] = i == j ? 1 : gram.cosine(i, j);
      }
    }
    double[] weights = new double[m];
    double[] conflict = new double[m];
    NonNegativeQuadratic projection = new NonNegativeQuadratic(cosines, conflict);
    for (int i = 0; i < m; i++) {
      for (int k = 0; k < m; k++) {
        conflict[k] = -cosines[i * m + k];
      }
      double[] added = projection.minimize();
      weights[i] += 1.0 / m;
      for (int k = 0; k < m; k++) {
        if (added[k] > 0) {
          weights[k] += added[k] * (gram.norm(i) / gram.norm(k)) / m;
        }
      }
    }
    return Combination.ofWeights(weights);
  }
}
