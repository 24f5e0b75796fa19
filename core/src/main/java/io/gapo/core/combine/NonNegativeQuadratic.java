package io.gapo.core.combine;

import java.util.Arrays;

/**
 * Minimizes {@code ½ vᵀHv − fᵀv over v ≥ 0}, where H is positive semi-definite.
 *
 * <p>Method: the active set of Lawson and Hanson, "Solving Least Squares Problems" (1974), ch. 23,
 * with {@code H = AᵀA} and {@code f = Aᵀb}. Exact but for rounding: every turn lowers the
 * objective, so no set of positive coordinates comes twice, and there are fewer than 2^M of them.
 *
 * <p>Scale the variables so that H has a diagonal near 1: a coordinate enters only if the gain it
 * promises, and the part of its column that the others cannot make, are more than rounding.
 *
 * <p>Keeps its working arrays from problem to problem and allocates nothing to solve one. Not
 * thread-safe.
 */
final class NonNegativeQuadratic {

  /** M turns are usual; this many only end a cycle that rounding makes. */
  private static final int TURNS_PER_VARIABLE = 30;

  private static final double EPSILON = 0x1p-52;

  private final int size;
  private final double[] h;
  private final double[] f;
  private final double[] v;
  private final boolean[] excluded;

  /** The coordinates that may be positive, in order of entry: the newest has the last pivot. */
  private final int[] passive;

  private int passives;

  /** Minimizer over the passive coordinates, sign unconstrained. */
  private final double[] candidate;

  private final Cholesky cholesky;
  private final double[] work;

  private final Cholesky.Entries passiveEntries;

  /**
   * Problems in M variables. What stands in the arrays when {@link #minimize()} is called is
   * solved.
   *
   * @param h shape (M, M), row-major, symmetric
   * @param f shape (M)
   */
  NonNegativeQuadratic(double[] h, double[] f) {
    this.size = f.length;
    this.h = h;
    this.f = f;
    this.v = new double[size];
    this.excluded = new boolean[size];
    this.passive = new int[size];
    this.candidate = new double[size];
    this.cholesky = new Cholesky(size);
    this.passiveEntries = (a, b) -> h[passive[a] * size + passive[b]];
    this.work = new double[size];
  }

  /** The minimizer; where there are several, one of them. The next call overwrites it. */
  double[] minimize() {
    Arrays.fill(v, 0);
    Arrays.fill(excluded, false);
    passives = 0;
    for (int turn = 0; turn < TURNS_PER_VARIABLE * size; turn++) {
      int entering = steepest();
      if (entering < 0) {
        break;
      }
      passive[passives++] = entering;
      if (!solvePassive() || candidate[entering] <= 0) {
        // Only rounding made it look promising: its column is one that the others can make.
        passives--;
        excluded[entering] = true;
        continue;
      }
      moveToCandidate();
      Arrays.fill(excluded, false);
      for (int a = 0; a < passives; a++) {
        excluded[passive[a]] = true;
      }
    }
    return v;
  }

  /** The coordinate along which the objective falls most, or −1 if it falls along none. */
  private int steepest() {
    int best = -1;
    double bestDescent = 0;
    for (int i = 0; i < size; i++) {
      if (excluded[i]) {
        continue;
      }
      double descent = f[i];
      double magnitude = Math.abs(f[i]);
      for (int a = 0; a < passives; a++) {
        double term = h[i * size + passive[a]] * v[passive[a]];
        descent -= term;
        magnitude += Math.abs(term);
      }
      if (descent > 2 * EPSILON * magnitude && descent > bestDescent) {
        best = i;
        bestDescent = descent;
      }
    }
    return best;
  }

  /** Walks from v to the passive set's minimizer, dropping each coordinate that reaches 0. */
  private void moveToCandidate() {
    while (true) {
      double step = 1;
      int leaving = -1;
      for (int a = 0; a < passives; a++) {
        int i = passive[a];
        if (candidate[i] <= 0) {
          double reach = v[i] / (v[i] - candidate[i]);
          if (leaving < 0 || reach < step) {
            step = reach;
            leaving = i;
          }
        }
      }
      if (leaving < 0) {
        System.arraycopy(candidate, 0, v, 0, size);
        return;
      }
      int kept = 0;
      for (int a = 0; a < passives; a++) {
        int i = passive[a];
        v[i] += step * (candidate[i] - v[i]);
        if (i == leaving || v[i] <= 0) {
          v[i] = 0;
        } else {
          passive[kept++] = i;
        }
      }
      passives = kept;
      if (!solvePassive()) {
        // The set was well-posed before it shrank: only rounding says otherwise, so stay here.
        return;
      }
    }
  }

  /** Solves H s = f on the passive set by Cholesky; false if H is singular there. */
  private boolean solvePassive() {
    Arrays.fill(candidate, 0);
    boolean definite = cholesky.factorize(passiveEntries, passives);
    if (!definite || newestIsDependent()) {
      return false;
    }
    // The second round corrects the first by its residual.
    for (int round = 0; round < 2; round++) {
      for (int a = 0; a < passives; a++) {
        double residual = f[passive[a]];
        for (int b = 0; b < passives; b++) {
          residual -= h[passive[a] * size + passive[b]] * candidate[passive[b]];
        }
        work[a] = residual;
      }
      cholesky.solve(work);
      for (int a = 0; a < passives; a++) {
        candidate[passive[a]] += work[a];
      }
    }
    return true;
  }

  /** Whether the newest passive column is, but for rounding, one that the others can make. */
  private boolean newestIsDependent() {
    if (passives == 0) {
      return false;
    }
    int newest = passive[passives - 1];
    return cholesky.pivot(passives - 1) <= size * EPSILON * h[newest * size + newest];
  }
}
