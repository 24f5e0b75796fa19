package io.gapo.lab.report;

/**
 * What a policy reaches on the first two objectives; higher is better on both.
 *
 * @param first score of the first objective
 * @param second score of the second objective
 */
record Point(double first, double second) {

  Point {
    if (!Double.isFinite(first) || !Double.isFinite(second)) {
      throw new IllegalArgumentException(
          "a point needs finite scores, was (%s, %s)".formatted(first, second));
    }
  }

  /** Whether it is at least as good on both objectives and better on one. */
  boolean dominates(Point other) {
    return first >= other.first
        && second >= other.second
        && (first > other.first || second > other.second);
  }
}
