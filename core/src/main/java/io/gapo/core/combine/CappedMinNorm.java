package io.gapo.core.combine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Capped MGDA (Hu et al., arXiv 2605.30452): the shortest vector among the mixtures of the
 * gradients in which none has more than a given share, so that no single objective, as one whose
 * gradient is short, decides the step alone.
 *
 * <p>{@code α = argmin ‖Σ αᵢgᵢ‖² over the simplex with αᵢ ≤ κ, w = α}. It is MGDA where that gives
 * no objective more than κ, and the mean of the gradients at κ = 1/M. A κ below 1/M leaves no
 * mixture at all and counts as 1/M, as where objectives are left out of a step.
 *
 * <p>These mixtures are the hull of their corners, in which as many objectives as possible have κ
 * and one has the rest. Method: Wolfe's (Mathematical Programming 11, 1976), with exact solves over
 * the corners that are in use; the corner that would help most joins them, until none helps.
 *
 * <p>Zero, collinear and opposed gradients are as in MGDA: one zero gradient takes κ, not all.
 *
 * @param cap κ, in (0, 1]
 */
public record CappedMinNorm(double cap) implements GramCombiner {

  /** A turn for each set of corners that can be in use is enough; this only ends a cycle. */
  private static final int TURNS_PER_OBJECTIVE = 50;

  /** What a corner must promise, relative to the squared length, to be more than rounding. */
  private static final double ROUNDING = 0x1p-50;

  public CappedMinNorm {
    if (!(cap > 0 && cap <= 1)) {
      throw new IllegalArgumentException("cap must be in (0, 1], was " + cap);
    }
  }

  @Override
  public Combination combine(GramMatrix gram) {
    double largest = Math.max(cap, 1.0 / gram.objectives());
    Combination free = GradientAdaptive.mgda().combine(gram);
    return Arrays.stream(free.alpha()).allMatch(share -> share <= largest)
        ? free
        : capped(gram, largest);
  }

  private static Combination capped(GramMatrix gram, double largest) {
    int m = gram.objectives();
    double[] norms = IntStream.range(0, m).mapToDouble(gram::norm).toArray();
    List<double[]> corners = new ArrayList<>(List.of(lowest(norms, largest)));
    double[] alpha = corners.get(0);
    double gap = 0;
    for (int turn = 0; turn < TURNS_PER_OBJECTIVE * m; turn++) {
      double[] shares = shortest(gram, corners);
      alpha = mixture(shares, corners);
      double[] alignments = gram.alignments(alpha);
      double square = MinNormSolver.dot(alpha, alignments);
      double[] next = lowest(alignments, largest);
      double shortestCorner = corners.stream().mapToDouble(gram::norm).min().orElseThrow();
      double promised = Math.max(0, square - MinNormSolver.dot(next, alignments));
      gap = promised == 0 ? 0 : promised / (shortestCorner * shortestCorner);
      if (gap <= ROUNDING || contains(corners, next)) {
        break;
      }
      keepUsed(corners, shares);
      corners.add(next);
    }
    return new Combination(alpha, alpha, gap);
  }

  /** The corner whose weighted sum of these values is lowest: the largest share to the lowest. */
  private static double[] lowest(double[] values, double largest) {
    double[] corner = new double[values.length];
    double left = 1;
    for (int i :
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> values[i]))
            .toList()) {
      corner[i] = Math.min(largest, left);
      left = Math.max(0, left - corner[i]);
    }
    return corner;
  }

  private static double[] shortest(GramMatrix gram, List<double[]> corners) {
    double[][] rows = new double[corners.size()][corners.size()];
    for (int a = 0; a < rows.length; a++) {
      double[] alignments = gram.alignments(corners.get(a));
      for (int b = 0; b < rows.length; b++) {
        rows[a][b] = MinNormSolver.dot(corners.get(b), alignments);
      }
      rows[a][a] = Math.max(0, rows[a][a]);
    }
    return GradientAdaptive.mgda().combine(GramMatrix.of(rows)).alpha();
  }

  private static double[] mixture(double[] shares, List<double[]> corners) {
    double[] mixture = new double[corners.get(0).length];
    for (int a = 0; a < shares.length; a++) {
      for (int i = 0; i < mixture.length; i++) {
        mixture[i] += shares[a] * corners.get(a)[i];
      }
    }
    return mixture;
  }

  private static void keepUsed(List<double[]> corners, double[] shares) {
    for (int a = corners.size() - 1; a >= 0; a--) {
      if (shares[a] == 0) {
        corners.remove(a);
      }
    }
  }

  private static boolean contains(List<double[]> corners, double[] corner) {
    return corners.stream().anyMatch(known -> Arrays.equals(known, corner));
  }
}
