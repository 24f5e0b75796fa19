package io.gapo.lab.report;

import java.util.List;

/** The points that no other point dominates. */
final class ParetoFront {

  private ParetoFront() {}

  /** The points of the front in the order given; equal points count once. */
  static List<Point> of(List<Point> points) {
    return points.stream()
        .distinct()
        .filter(point -> points.stream().noneMatch(other -> other.dominates(point)))
        .toList();
  }
}
