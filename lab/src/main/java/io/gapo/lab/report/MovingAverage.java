package io.gapo.lab.report;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** Each value as the mean of those around it. */
final class MovingAverage {

  private MovingAverage() {}

  /**
   * Averages, gaps left out; a gap stays one.
   *
   * @param values NaN is a gap
   * @param window odd; at the ends it holds fewer values
   */
  static double[] of(double[] values, int window) {
    int reach = window / 2;
    double[] means = new double[values.length];
    Arrays.setAll(
        means,
        i ->
            Double.isFinite(values[i])
                ? around(values, i, reach).filter(Double::isFinite).average().orElseThrow()
                : Double.NaN);
    return means;
  }

  private static DoubleStream around(double[] values, int i, int reach) {
    return Arrays.stream(values, Math.max(0, i - reach), Math.min(values.length, i + reach + 1));
  }
}
