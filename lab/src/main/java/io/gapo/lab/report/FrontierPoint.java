package io.gapo.lab.report;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a method reaches with one preference.
 *
 * @param first score of the first objective over seeds
 * @param second score of the second objective over seeds
 * @param onJointFront whether no point of any method dominates its means
 */
record FrontierPoint(MethodRow row, SeedEstimate first, SeedEstimate second, boolean onJointFront) {

  /** The means. */
  Point mean() {
    return new Point(first.mean(), second.mean());
  }

  /** Its error bars, each from end to end. */
  Stream<List<Point>> bars() {
    double x = first.mean();
    double y = second.mean();
    Stream.Builder<List<Point>> bars = Stream.builder();
    first
        .standardError()
        .ifPresent(bar -> bars.add(List.of(new Point(x - bar, y), new Point(x + bar, y))));
    second
        .standardError()
        .ifPresent(bar -> bars.add(List.of(new Point(x, y - bar), new Point(x, y + bar))));
    return bars.build();
  }
}
