package io.gapo.core.combine;

import java.util.stream.IntStream;

/**
 * GAPO(p): the shortest vector in the convex hull of the gradients after each is divided by the
 * p-th power of its norm (Li et al., ACL 2025, arXiv 2507.01915, §3).
 *
 * <p>{@code α = argmin ‖Σ αᵢ gᵢ/nᵢ^p‖² over the simplex, wᵢ = αᵢ/nᵢ^p}. p = 0 is MGDA and leans to
 * the shortest gradient, p = 1 compares directions only, p = 2 turns lengths upside down. With two
 * objectives p = 1 always gives α = (½, ½), and p = 2 MGDA's α swapped.
 *
 * <p>For p > 0 an objective whose gradient is shorter than the norm floor is skipped, its share and
 * weight 0; if all are, there is no direction. MGDA divides by nothing and is strict: one zero
 * gradient means Pareto-stationary, so the direction is 0 and zero gradients share α evenly.
 *
 * <p>Weights are right for norms from 1e-150 to 1e150. Where p is so large that the rescaled
 * gradients themselves pass 1e±150, they are held there: the direction stays, its length does not.
 *
 * @param p exponent, at least 0
 * @param normFloor shortest norm that p > 0 divides by
 */
public record GradientAdaptive(double p, double normFloor) implements GramCombiner {

  /** Far below the norms that training in single precision can tell from 0. */
  public static final double DEFAULT_NORM_FLOOR = 1e-12;

  static final double SMALLEST_NORM_FLOOR = 1e-150;

  private static final double LONGEST_SCALE = 1e150;

  public GradientAdaptive {
    if (!(p >= 0 && p < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("p must be >= 0 and finite, was " + p);
    }
    requireNormFloor(normFloor);
  }

  public GradientAdaptive(double p) {
    this(p, DEFAULT_NORM_FLOOR);
  }

  /** The multiple-gradient descent algorithm (Désidéri 2012): gradients as they are. */
  public static GradientAdaptive mgda() {
    return new GradientAdaptive(0);
  }

  static void requireNormFloor(double normFloor) {
    if (!(normFloor >= SMALLEST_NORM_FLOOR && normFloor < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "norm floor must be >= %s and finite, was %s".formatted(SMALLEST_NORM_FLOOR, normFloor));
    }
  }

  @Override
  public Combination combine(GramMatrix gram) {
    int m = gram.objectives();
    if (p == 0) {
      int[] zeros = IntStream.range(0, m).filter(i -> gram.norm(i) == 0).toArray();
      return zeros.length > 0
          ? evenShares(m, zeros)
          : shortest(gram, IntStream.range(0, m).toArray());
    }
    int[] used = IntStream.range(0, m).filter(i -> gram.norm(i) >= normFloor).toArray();
    return used.length == 0 ? Combination.none(m) : shortest(gram, used);
  }

  private static Combination evenShares(int m, int[] zeros) {
    double[] alpha = new double[m];
    for (int i : zeros) {
      alpha[i] = 1.0 / zeros.length;
    }
    return new Combination(alpha, alpha, 0);
  }

  private Combination shortest(GramMatrix gram, int[] used) {
    double[] norms = IntStream.of(used).mapToDouble(gram::norm).toArray();
    double extreme = p <= 1 ? min(norms) : max(norms);
    double[] shortness = new double[used.length];
    double[] cosines = new double[used.length * used.length];
    for (int i = 0; i < used.length; i++) {
      // (n_min/n)^(1−p) or, where that grows as n falls, (n/n_max)^(p−1): at most 1 either way.
      double ratio = p <= 1 ? extreme / norms[i] : norms[i] / extreme;
      shortness[i] = Math.pow(ratio, Math.abs(1 - p));
      for (int j = 0; j < used.length; j++) {
        cosines[i * used.length + j] = i == j ? 1 : gram.cosine(used[i], used[j]);
      }
    }
    MinNormSolver.Point point = MinNormSolver.solve(cosines, shortness);
    double shortestLength =
        Math.max(1 / LONGEST_SCALE, Math.min(LONGEST_SCALE, Math.pow(extreme, 1 - p)));
    double[] alpha = new double[gram.objectives()];
    double[] weights = new double[gram.objectives()];
    for (int i = 0; i < used.length; i++) {
      double coordinate = point.coordinates()[i];
      alpha[used[i]] = coordinate * shortness[i];
      // Not α/nᵢ^p: α may be too small to be represented while its gradient still counts.
      weights[used[i]] = p == 0 ? alpha[used[i]] : coordinate * (shortestLength / norms[i]);
    }
    return new Combination(alpha, weights, point.dualityGap());
  }

  private static double min(double[] values) {
    double min = values[0];
    for (double value : values) {
      min = Math.min(min, value);
    }
    return min;
  }

  private static double max(double[] values) {
    double max = values[0];
    for (double value : values) {
      max = Math.max(max, value);
    }
    return max;
  }
}
