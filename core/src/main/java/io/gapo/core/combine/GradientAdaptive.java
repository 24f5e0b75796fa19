package io.gapo.core.combine;

import java.util.Arrays;

/**
 * GAPO(p): the shortest vector in the convex hull of the gradients after each is divided by the
 * p-th power of its norm (Li et al., ACL 2025, arXiv 2507.01915, §3).
 *
 * <p>{@code α = argmin ‖Σ αᵢ gᵢ/nᵢ^p‖² over the simplex, wᵢ = αᵢ/nᵢ^p}. p = 0 is MGDA and leans to
 * the shortest gradient, p = 1 compares directions only, p = 2 turns lengths upside down. With two
 * objectives p = 1 always gives α = (½, ½), and p = 2 MGDA's α swapped.
 *
 * <p>For p > 0 a zero gradient is skipped, its share and weight 0; if all are, there is no
 * direction. MGDA divides by nothing and is strict: one zero gradient means Pareto-stationary, so
 * the direction is 0 and zero gradients share α evenly. What is zero but for rounding has to be
 * told apart before, see {@link WithoutShortGradients}.
 *
 * <p>Weights are right for norms from 1e-150, below which all are zero here, to 1e150. Where p is
 * so large that the rescaled gradients themselves pass 1e±150, they are held there: the direction
 * stays, its length does not.
 *
 * @param p exponent, at least 0
 */
public record GradientAdaptive(double p) implements GramCombiner {

  /** Shorter ones are zero to a division: their reciprocal's powers leave a double's range. */
  static final double SHORTEST = 1e-150;

  private static final double LONGEST_SCALE = 1e150;

  public GradientAdaptive {
    if (!(p >= 0 && p < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("p must be >= 0 and finite, was " + p);
    }
  }

  /** The multiple-gradient descent algorithm (Désidéri 2012): gradients as they are. */
  public static GradientAdaptive mgda() {
    return new GradientAdaptive(0);
  }

  @Override
  public Combination combine(GramMatrix gram) {
    int zeros = 0;
    int used = 0;
    for (int i = 0; i < gram.objectives(); i++) {
      double norm = gram.norm(i);
      zeros += norm == 0 ? 1 : 0;
      used += counts(norm) ? 1 : 0;
    }
    if (p == 0 && zeros > 0) {
      return evenShares(gram, zeros);
    }
    return used == 0 ? Combination.none(gram.objectives()) : shortest(gram, used);
  }

  private static Combination evenShares(GramMatrix gram, int zeros) {
    double[] alpha = new double[gram.objectives()];
    for (int i = 0; i < alpha.length; i++) {
      alpha[i] = gram.norm(i) == 0 ? 1.0 / zeros : 0;
    }
    return new Combination(alpha, alpha, 0);
  }

  private boolean counts(double norm) {
    return p == 0 || norm >= SHORTEST;
  }

  private Combination shortest(GramMatrix gram, int used) {
    Workspace workspace = Workspace.ofThisThread(gram.objectives(), used);
    int[] members = workspace.members;
    double[] norms = workspace.norms;
    double extreme = p <= 1 ? Double.POSITIVE_INFINITY : 0;
    int next = 0;
    for (int i = 0; i < gram.objectives(); i++) {
      double norm = gram.norm(i);
      if (counts(norm)) {
        members[next] = i;
        norms[next++] = norm;
        extreme = p <= 1 ? Math.min(extreme, norm) : Math.max(extreme, norm);
      }
    }
    MinNormSolver solver = workspace.solver;
    double[] shortness = solver.shortness();
    for (int i = 0; i < used; i++) {
      // (n_min/n)^(1−p) or, where that grows as n falls, (n/n_max)^(p−1): at most 1 either way.
      double ratio = p <= 1 ? extreme / norms[i] : norms[i] / extreme;
      shortness[i] = Math.pow(ratio, Math.abs(1 - p));
      for (int j = 0; j < used; j++) {
        solver.cosines()[i * used + j] = i == j ? 1 : gram.cosine(members[i], members[j]);
      }
    }
    double dualityGap = solver.solve();
    double shortestLength =
        Math.max(1 / LONGEST_SCALE, Math.min(LONGEST_SCALE, Math.pow(extreme, 1 - p)));
    double[] alpha = workspace.alpha;
    double[] weights = workspace.weights;
    Arrays.fill(alpha, 0);
    Arrays.fill(weights, 0);
    for (int i = 0; i < used; i++) {
      double coordinate = solver.coordinates()[i];
      alpha[members[i]] = coordinate * shortness[i];
      // Not α/nᵢ^p: α may be too small to be represented while its gradient still counts.
      weights[members[i]] = p == 0 ? alpha[members[i]] : coordinate * (shortestLength / norms[i]);
    }
    return new Combination(alpha, weights, dualityGap);
  }

  /**
   * What a decision works in. Each thread keeps one, so that deciding allocates only its result.
   */
  private static final class Workspace {

    private static final ThreadLocal<Workspace> OF_THREAD =
        ThreadLocal.withInitial(() -> new Workspace(1, 1));

    final MinNormSolver solver;
    final int[] members;
    final double[] norms;
    final double[] alpha;
    final double[] weights;

    private Workspace(int objectives, int used) {
      solver = new MinNormSolver(used);
      members = new int[used];
      norms = new double[used];
      alpha = new double[objectives];
      weights = new double[objectives];
    }

    static Workspace ofThisThread(int objectives, int used) {
      Workspace workspace = OF_THREAD.get();
      if (workspace.alpha.length != objectives || workspace.solver.size() != used) {
        workspace = new Workspace(objectives, used);
        OF_THREAD.set(workspace);
      }
      return workspace;
    }
  }
}
