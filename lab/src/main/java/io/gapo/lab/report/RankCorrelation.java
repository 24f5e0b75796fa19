package io.gapo.lab.report;

import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;

/**
 * Spearman's rank correlation: 1 if two series rise together, −1 if one falls as the other rises;
 * ties take the mean of their ranks.
 */
final class RankCorrelation {

  private RankCorrelation() {}

  /** Empty if there are fewer than two pairs, or all values of a series are equal. */
  static OptionalDouble of(double[] x, double[] y) {
    if (x.length != y.length) {
      throw new IllegalArgumentException(
          "a rank correlation needs pairs, got %s and %s values".formatted(x.length, y.length));
    }
    return varies(x) && varies(y)
        ? OptionalDouble.of(new SpearmansCorrelation().correlation(x, y))
        : OptionalDouble.empty();
  }

  private static boolean varies(double[] values) {
    return DoubleStream.of(values).distinct().limit(2).count() > 1;
  }
}
