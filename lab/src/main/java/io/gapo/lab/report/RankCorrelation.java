package io.gapo.lab.report;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Spearman's rank correlation: 1 if two series rise together, −1 if one falls as the other rises.
 *
 * <p>Source: Spearman, "The proof and measurement of association between two things", 1904; ties
 * take the mean of their ranks, and the correlation is Pearson's of the ranks.
 */
final class RankCorrelation {

  private RankCorrelation() {}

  /** Empty if there are fewer than two pairs, or all values of a series are equal. */
  static OptionalDouble of(double[] x, double[] y) {
    if (x.length != y.length) {
      throw new IllegalArgumentException(
          "a rank correlation needs pairs, got %s and %s values".formatted(x.length, y.length));
    }
    double[] centeredX = centered(ranks(x));
    double[] centeredY = centered(ranks(y));
    double lengths = Math.sqrt(dot(centeredX, centeredX) * dot(centeredY, centeredY));
    return lengths > 0
        ? OptionalDouble.of(Math.max(-1, Math.min(1, dot(centeredX, centeredY) / lengths)))
        : OptionalDouble.empty();
  }

  /** From 1; ties share the mean of theirs. */
  private static double[] ranks(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return Arrays.stream(values)
        .map(
            value -> {
              long below = Arrays.stream(sorted).filter(other -> other < value).count();
              long equal = Arrays.stream(sorted).filter(other -> other == value).count();
              return below + (equal + 1) / 2.0;
            })
        .toArray();
  }

  private static double[] centered(double[] ranks) {
    double mean = (ranks.length + 1) / 2.0;
    return Arrays.stream(ranks).map(rank -> rank - mean).toArray();
  }

  private static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }
}
