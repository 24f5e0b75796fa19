package io.gapo.lab.report;

import java.util.OptionalDouble;
import org.apache.commons.math3.stat.StatUtils;

/**
 * A figure over a method's seeds.
 *
 * @param seeds that have the figure
 * @param standardError of the mean: sample standard deviation over √seeds; empty for one seed
 */
record SeedEstimate(int seeds, double mean, OptionalDouble standardError) {

  /** The estimate from one value a seed; at least one. */
  static SeedEstimate of(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("an estimate needs at least one seed");
    }
    double mean = StatUtils.mean(values);
    return new SeedEstimate(
        values.length,
        mean,
        values.length == 1
            ? OptionalDouble.empty()
            : OptionalDouble.of(Math.sqrt(StatUtils.variance(values, mean) / values.length)));
  }
}
