package io.gapo.core.combine;

import java.util.Arrays;

/**
 * Nash-MTL (Navon et al., ICML 2022): the bargaining solution, where every objective gains the same
 * in proportion, {@code αᵢ (Gα)ᵢ = 1}. Not normalized: {@code ‖d‖ = √M}.
 *
 * <p>Solved as {@code min ½ αᵀGα − Σ log αᵢ} by damped Newton steps in the variables {@code yᵢ =
 * αᵢnᵢ}; the objective is self-concordant, so they converge from anywhere.
 *
 * <p>At a Pareto-stationary point there is no agreement, and so no direction: all weights are 0. A
 * zero gradient is one, if it is not left out before, see {@link WithoutShortGradients}.
 */
public record NashBargaining() implements GramCombiner {

  private static final int MOST_STEPS = 200;

  /** Newton decrement: below the first damping ends, below the second the solution is exact. */
  private static final double UNDAMPED = 0.25;

  private static final double CONVERGED = 1e-9;

  @Override
  public Combination combine(GramMatrix gram) {
    int m = gram.objectives();
    for (int i = 0; i < m; i++) {
      if (gram.norm(i) == 0) {
        return Combination.none(m);
      }
    }
    Cholesky hessian = new Cholesky(m);
    double[] y = new double[m];
    Arrays.fill(y, 1);
    double decrement = Double.POSITIVE_INFINITY;
    for (int turn = 0; turn < MOST_STEPS && decrement > CONVERGED; turn++) {
      double[] residual = new double[m];
      for (int i = 0; i < m; i++) {
        residual[i] = 1 / y[i];
        for (int j = 0; j < m; j++) {
          residual[i] -= cosine(gram, i, j) * y[j];
        }
      }
      if (!hessian.factorize((i, j) -> cosine(gram, i, j) + (i == j ? 1 / (y[i] * y[i]) : 0), m)) {
        return Combination.none(m);
      }
      double[] step = residual.clone();
      hessian.solve(step);
      double square = 0;
      for (int i = 0; i < m; i++) {
        square += residual[i] * step[i];
      }
      decrement = Math.sqrt(Math.max(0, square));
      double damping = decrement < UNDAMPED ? 1 : 1 / (1 + decrement);
      for (int i = 0; i < m; i++) {
        y[i] += damping * step[i];
      }
    }
    // Longer coordinates cancel out to what cannot be told from a zero sum.
    double longest = 1 / gram.resolution();
    for (int i = 0; i < m; i++) {
      if (!(decrement <= UNDAMPED && y[i] <= longest)) {
        return Combination.none(m);
      }
      y[i] /= gram.norm(i);
    }
    return Combination.ofWeights(y);
  }

  private static double cosine(GramMatrix gram, int i, int j) {
    return i == j ? 1 : gram.cosine(i, j);
  }
}
