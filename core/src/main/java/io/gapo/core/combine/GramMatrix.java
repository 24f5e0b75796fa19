package io.gapo.core.combine;

import java.util.Arrays;

/**
 * Inner products of the objectives' ascent gradients, {@code G[i][j] = gᵢ·gⱼ}, shape (M, M).
 *
 * <p>Everything a combiner needs to know of the gradients: their norms and the angles between them,
 * and how small an angle can be before it is rounding.
 */
public final class GramMatrix {

  /** Double precision's: the cosine of a smaller angle is 1. */
  private static final double EXACT = 0x1p-26;

  /**
   * So many roundings, relative to its length, separate a gradient from what it would be exactly.
   */
  private static final double ROUNDINGS = 4;

  private final int objectives;
  private final double[] values;
  private final double resolution;

  private GramMatrix(int objectives, double[] values, double resolution) {
    this.objectives = objectives;
    this.values = values;
    this.resolution = resolution;
  }

  /**
   * A copy of {@code rows}, made exactly symmetric.
   *
   * @param rows shape (M, M), symmetric up to rounding, finite, with a non-negative diagonal
   */
  public static GramMatrix of(double[][] rows) {
    return of(rows, EXACT);
  }

  /**
   * The Gram matrix of gradients that were not computed in double precision.
   *
   * @param bits of the significands of the gradients' numbers, the hidden one included
   */
  public static GramMatrix measured(double[][] rows, int bits) {
    return of(rows, Math.max(EXACT, Math.scalb(ROUNDINGS, -bits)));
  }

  /**
   * A copy that can tell gradients apart down to a given angle.
   *
   * @param resolution see {@link #resolution()}
   */
  public static GramMatrix of(double[][] rows, double resolution) {
    if (!(resolution > 0 && resolution < 1)) {
      throw new IllegalArgumentException("resolution must be in (0, 1), was " + resolution);
    }
    int m = rows.length;
    if (m == 0) {
      throw new IllegalArgumentException("a Gram matrix needs at least one objective");
    }
    double[] values = new double[m * m];
    for (int i = 0; i < m; i++) {
      if (rows[i].length != m) {
        throw new IllegalArgumentException(
            "Gram matrix row %s has %s entries, expected %s".formatted(i, rows[i].length, m));
      }
      for (int j = 0; j < m; j++) {
        if (!Double.isFinite(rows[i][j])) {
          throw new IllegalArgumentException(
              "Gram matrix entry (%s, %s) is %s".formatted(i, j, rows[i][j]));
        }
        values[i * m + j] = 0.5 * rows[i][j] + 0.5 * rows[j][i];
      }
      if (rows[i][i] < 0) {
        throw new IllegalArgumentException(
            "Gram matrix diagonal entry %s is negative: %s".formatted(i, rows[i][i]));
      }
    }
    return new GramMatrix(m, values, resolution);
  }

  /** M. */
  public int objectives() {
    return objectives;
  }

  /**
   * Sine of the smallest angle that is more than rounding: gradients closer to a plane of others
   * than this, or a sum of them that is shorter relative to its terms, may as well be in it, or 0.
   * Says nothing of what the gradients are, so it does not count in {@link #equals}.
   */
  public double resolution() {
    return resolution;
  }

  /** {@code gᵢ·gⱼ}. */
  public double at(int i, int j) {
    return values[i * objectives + j];
  }

  /** {@code ‖gᵢ‖}. */
  public double norm(int i) {
    return Math.sqrt(at(i, i));
  }

  /** The cosine of the angle between two gradients; 0 if one of them is zero. */
  public double cosine(int i, int j) {
    if (norm(i) == 0 || norm(j) == 0) {
      return 0;
    }
    // One division after the other: the product of two tiny norms would lose its last digits.
    return Math.max(-1, Math.min(1, at(i, j) / norm(i) / norm(j)));
  }

  /** {@code ‖Σ wᵢ gᵢ‖}: how long the update is that these weights make. */
  public double norm(double[] weights) {
    if (weights.length != objectives) {
      throw new IllegalArgumentException(
          "expected %s weights, was %s".formatted(objectives, weights.length));
    }
    double[] lengths = new double[objectives];
    double longest = 0;
    for (int i = 0; i < objectives; i++) {
      lengths[i] = weights[i] * norm(i);
      longest = Math.max(longest, Math.abs(lengths[i]));
    }
    if (longest == 0) {
      return 0;
    }
    double square = 0;
    for (int i = 0; i < objectives; i++) {
      for (int j = 0; j < objectives; j++) {
        square += lengths[i] / longest * (lengths[j] / longest) * cosine(i, j);
      }
    }
    return longest * Math.sqrt(Math.max(0, square));
  }

  /** {@code gᵢ·Σ wⱼgⱼ}: how far a step along the weighted sum helps each objective, shape (M). */
  double[] alignments(double[] weights) {
    double[] alignments = new double[objectives];
    for (int i = 0; i < objectives; i++) {
      for (int j = 0; j < objectives; j++) {
        alignments[i] += at(i, j) * weights[j];
      }
    }
    return alignments;
  }

  /** A copy as rows, shape (M, M). */
  public double[][] toRows() {
    double[][] rows = new double[objectives][];
    for (int i = 0; i < objectives; i++) {
      rows[i] = Arrays.copyOfRange(values, i * objectives, (i + 1) * objectives);
    }
    return rows;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GramMatrix that && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "GramMatrix" + Arrays.deepToString(toRows());
  }
}
