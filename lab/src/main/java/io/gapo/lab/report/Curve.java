package io.gapo.lab.report;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One line of a chart.
 *
 * @param style that tells it apart, the same for a method in all charts
 * @param x rising
 * @param y as many as x; NaN is a gap
 */
record Curve(String name, int style, List<Double> x, List<Double> y) {

  Curve {
    if (x.size() != y.size()) {
      throw new IllegalArgumentException(
          "curve '%s' has %s x and %s y".formatted(name, x.size(), y.size()));
    }
    x = List.copyOf(x);
    y = List.copyOf(y);
  }

  boolean hasPoints() {
    return firstPoint() >= 0;
  }

  /** Where the first point is that is no gap, or −1. */
  int firstPoint() {
    return IntStream.range(0, y.size())
        .filter(i -> Double.isFinite(y.get(i)))
        .findFirst()
        .orElse(-1);
  }

  /**
   * Each y as the mean of those around it, gaps left out; a gap stays one.
   *
   * @param window odd; at the ends it holds fewer values
   */
  Curve smoothed(int window) {
    int reach = window / 2;
    double[] means = new double[y.size()];
    Arrays.setAll(
        means,
        i ->
            Double.isFinite(y.get(i))
                ? y.subList(Math.max(0, i - reach), Math.min(y.size(), i + reach + 1)).stream()
                    .filter(Double::isFinite)
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElseThrow()
                : Double.NaN);
    return new Curve(name, style, x, Arrays.stream(means).boxed().toList());
  }
}
