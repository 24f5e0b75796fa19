package io.gapo.lab.report;

import java.util.Comparator;
import java.util.List;

/**
 * The area that a front dominates, down to a reference point: the larger, the better.
 *
 * <p>Source: Zitzler &amp; Thiele, "Multiobjective evolutionary algorithms: a comparative case
 * study and the Strength Pareto approach", IEEE Transactions on Evolutionary Computation 3 (1999).
 */
final class Hypervolume {

  private Hypervolume() {}

  /**
   * The area of the union of the rectangles between the reference and each point. A point that is
   * not above the reference on both objectives adds nothing.
   */
  static double of(List<Point> points, Point reference) {
    List<Point> fromTheRight =
        points.stream()
            .filter(point -> point.first() > reference.first())
            .sorted(Comparator.comparingDouble(Point::first).reversed())
            .toList();
    double area = 0;
    double covered = reference.second();
    for (Point point : fromTheRight) {
      if (point.second() > covered) {
        area += (point.first() - reference.first()) * (point.second() - covered);
        covered = point.second();
      }
    }
    return area;
  }
}
