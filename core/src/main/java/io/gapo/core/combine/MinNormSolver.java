package io.gapo.core.combine;

/**
 * Finds the shortest vector in the convex hull of gradients: the direction that improves all of
 * them at once, or 0 at a Pareto-stationary point.
 *
 * <p>Solves {@code min over α in the simplex of ‖Σ αᵢ gᵢ‖²} for gradients given by their cosines
 * and lengths. The problem is Désidéri's MGDA, Comptes Rendus Mathématique 350 (2012). Exact but
 * for rounding, where Frank-Wolfe (Sener and Koltun, NeurIPS 2018, Algorithm 2) stops early.
 *
 * <p>Method: with {@code gᵢ = nᵢuᵢ}, {@code qᵢ = n_min/nᵢ} and C the cosines, minimize {@code ½
 * vᵀ(C + qqᵀ)v − qᵀv over v ≥ 0}; then {@code αᵢ ∝ vᵢqᵢ}. In these variables a ratio of norms of
 * 1e16 costs no accuracy. Two gradients have a closed form.
 *
 * <p>A Gram matrix tells directions apart down to an angle of about 1e-8. Where several α give the
 * same direction, which one is found is not defined, except that two equal gradients get half each.
 * Where gradients oppose each other more exactly than that and are over 1e4 times longer than the
 * shortest, the certificate grows with the square of that ratio, from 1e-11.
 *
 * <p>Keeps its working arrays from problem to problem and allocates nothing to solve one. Not
 * thread-safe.
 */
final class MinNormSolver {

  private final int size;
  private final double[] cosines;
  private final double[] shortness;
  private final double[] coordinates;
  private final double[] alignment;
  private final double[] h;
  private final NonNegativeQuadratic activeSet;

  /** Problems of M ≥ 1 vectors. */
  MinNormSolver(int size) {
    this.size = size;
    this.cosines = new double[size * size];
    this.shortness = new double[size];
    this.coordinates = new double[size];
    this.alignment = new double[size];
    this.h = new double[size * size];
    this.activeSet = new NonNegativeQuadratic(h, shortness);
  }

  /** M. */
  int size() {
    return size;
  }

  /** C, the cosines between the vectors, shape (M, M), row-major, the diagonal 1: to be written. */
  double[] cosines() {
    return cosines;
  }

  /**
   * q, shape (M): the shortest vector's length divided by each one's, in [0, 1]. To be written;
   * {@link #solve} leaves it as it is.
   */
  double[] shortness() {
    return shortness;
  }

  /**
   * v, shape (M), non-negative, {@code Σ vᵢqᵢ = 1}: the last solution, {@code d = n_min Σ vᵢuᵢ}
   * with shares {@code αᵢ = vᵢqᵢ}.
   */
  double[] coordinates() {
    return coordinates;
  }

  /**
   * Finds the shortest vector in the hull of those written, for {@link #coordinates()}.
   *
   * @return the duality gap, {@code maxᵢ (d·d/nᵢ − uᵢ·d)/n_min}: 0 if and only if the solution is
   *     optimal. By how much the direction falls short for its worst objective, as a fraction of
   *     the shortest gradient
   */
  double solve() {
    switch (size) {
      case 1 -> coordinates[0] = 1;
      case 2 -> closedForm();
      default -> activeSet();
    }
    double total = dot(coordinates, shortness);
    for (int i = 0; i < size; i++) {
      coordinates[i] /= total;
    }
    return dualityGap();
  }

  /** Both numerators are computed: 1 minus the other loses a tiny share that still counts. */
  private void closedForm() {
    double first = shortness[0] - cosines[1] * shortness[1];
    double second = shortness[1] - cosines[1] * shortness[0];
    boolean equal = first <= 0 && second <= 0;
    coordinates[0] = equal ? 1 : Math.max(0, first);
    coordinates[1] = equal ? 1 : Math.max(0, second);
  }

  private void activeSet() {
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        h[i * size + j] = cosines[i * size + j] + shortness[i] * shortness[j];
      }
    }
    System.arraycopy(activeSet.minimize(), 0, coordinates, 0, size);
  }

  private double dualityGap() {
    for (int i = 0; i < size; i++) {
      alignment[i] = 0;
      for (int j = 0; j < size; j++) {
        alignment[i] += cosines[i * size + j] * coordinates[j];
      }
    }
    double squaredNorm = Math.max(0, dot(coordinates, alignment));
    double gap = 0;
    for (int i = 0; i < size; i++) {
      gap = Math.max(gap, squaredNorm * shortness[i] - alignment[i]);
    }
    return gap;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
