package io.gapo.lab.report;

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
}
