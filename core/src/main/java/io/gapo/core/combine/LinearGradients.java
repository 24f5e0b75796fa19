package io.gapo.core.combine;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The objectives' gradients of one batch, in a form that adds up over batches: the vectors
 * themselves, or sketches of them.
 *
 * <p>Each is the mean over the batch's sequences, so the gradient of a union of batches is the mean
 * of the batches' gradients, weighed by their numbers of sequences. Gram matrices have no such
 * rule: {@code Σg·Σh ≠ Σ(g·h)}.
 *
 * @param dimension P, of the gradients themselves
 * @param sketch that the rows went through; null where they are the gradients themselves
 * @param rows shape (M, P) or (M, k), finite; not copied, so whoever made them hands them over
 */
public record LinearGradients(long dimension, @Nullable CountSketch sketch, float[][] rows) {

  /** Bits of a single-precision significand, the hidden one included. */
  private static final int SIGNIFICAND_BITS = 24;

  public LinearGradients {
    if (rows.length == 0) {
      throw new IllegalArgumentException("gradients need at least one objective");
    }
    long length = sketch == null ? dimension : sketch.width();
    for (float[] row : rows) {
      if (row.length != length) {
        throw new IllegalArgumentException(
            "expected gradients of %s numbers, was %s".formatted(length, row.length));
      }
      for (float value : row) {
        if (!Float.isFinite(value)) {
          throw new IllegalArgumentException("a gradient holds " + value);
        }
      }
    }
  }

  /** M. */
  public int objectives() {
    return rows.length;
  }

  /** Bytes of the rows in single precision. */
  public static long bytes(int objectives, long length) {
    return Math.multiplyExact(Math.multiplyExact(objectives, length), (long) Float.BYTES);
  }

  /** Whether the two may be added. */
  public boolean isAddableTo(LinearGradients other) {
    return rows.length == other.rows.length
        && dimension == other.dimension
        && (sketch == null ? other.sketch == null : sketch.equals(other.sketch));
  }

  /** What it is, for a reason: number, kind and size. */
  public String form() {
    return sketch == null
        ? "%s exact gradients of %s numbers".formatted(rows.length, dimension)
        : "%s sketches of %s buckets, seed %s, of gradients of %s numbers"
            .formatted(rows.length, sketch.width(), sketch.seed(), dimension);
  }

  /**
   * Inner products of the gradients of the union of batches.
   *
   * @param parts one a batch, at least one, all addable
   * @param shares of the batches in the union, by sequences
   */
  public static GramMatrix gramOfUnion(List<LinearGradients> parts, double[] shares) {
    LinearGradients first = parts.get(0);
    for (LinearGradients part : parts) {
      if (!part.isAddableTo(first)) {
        throw new IllegalArgumentException(
            "cannot add %s to %s".formatted(part.form(), first.form()));
      }
    }
    if (shares.length != parts.size()) {
      throw new IllegalArgumentException(
          "expected %s shares, was %s".formatted(parts.size(), shares.length));
    }
    int m = first.objectives();
    double[][] products = new double[m][m];
    double[] at = new double[m];
    for (int k = 0; k < first.rows[0].length; k++) {
      for (int i = 0; i < m; i++) {
        at[i] = 0;
        for (int c = 0; c < shares.length; c++) {
          at[i] += shares[c] * parts.get(c).rows[i][k];
        }
        for (int j = 0; j <= i; j++) {
          products[i][j] += at[i] * at[j];
        }
      }
    }
    for (int i = 0; i < m; i++) {
      for (int j = i + 1; j < m; j++) {
        products[i][j] = products[j][i];
      }
    }
    return GramMatrix.measured(products, SIGNIFICAND_BITS);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LinearGradients that
        && isAddableTo(that)
        && Arrays.deepEquals(rows, that.rows);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(rows);
  }

  @Override
  public String toString() {
    return "LinearGradients[%s]".formatted(form());
  }
}
