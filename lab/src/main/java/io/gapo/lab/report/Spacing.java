package io.gapo.lab.report;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.StatUtils;

/**
 * How unevenly a front's points lie: the standard deviation of their distances to the nearest other
 * point, taken as |Δfirst| + |Δsecond|. 0 is even.
 *
 * <p>Source: Schott, "Fault tolerant design using single and multicriteria genetic algorithm
 * optimization", MIT 1995.
 */
final class Spacing {

  private Spacing() {}

  /** The spacing in the objectives' units; empty for fewer than two points. */
  static OptionalDouble of(List<Point> front) {
    int size = front.size();
    if (size < 2) {
      return OptionalDouble.empty();
    }
    double[] nearest = IntStream.range(0, size).mapToDouble(i -> nearest(front, i)).toArray();
    return OptionalDouble.of(Math.sqrt(StatUtils.variance(nearest)));
  }

  private static double nearest(List<Point> front, int i) {
    Point point = front.get(i);
    return IntStream.range(0, front.size())
        .filter(j -> j != i)
        .mapToDouble(
            j ->
                Math.abs(point.first() - front.get(j).first())
                    + Math.abs(point.second() - front.get(j).second()))
        .min()
        .orElseThrow();
  }
}
