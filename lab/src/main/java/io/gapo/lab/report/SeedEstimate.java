package io.gapo.lab.report;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * A figure over a method's seeds.
 *
 * @param seeds that have the figure
 * @param standardError of the mean: sample standard deviation over √seeds; empty for one seed
 */
record SeedEstimate(int seeds, double mean, OptionalDouble standardError) {

  /** Of one value a seed; at least one. */
  static SeedEstimate of(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("an estimate needs at least one seed");
    }
    double mean = Arrays.stream(values).sum() / values.length;
    if (values.length == 1) {
      return new SeedEstimate(1, mean, OptionalDouble.empty());
    }
    double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    double deviation = Math.sqrt(squares / (values.length - 1));
    return new SeedEstimate(
        values.length, mean, OptionalDouble.of(deviation / Math.sqrt(values.length)));
  }
}
