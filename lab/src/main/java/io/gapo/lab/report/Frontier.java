package io.gapo.lab.report;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One method through its preferences, in the plane of the first two objectives.
 *
 * @param points by the first objective's λ
 * @param hypervolume over seeds, against the comparison's common reference point
 * @param spacing over seeds, of the points that the method itself does not dominate
 * @param adherence by objective, over seeds: rank correlation of its asked λ and realized score
 * @param onJointFront points that no method's point dominates, by their means over seeds
 * @param seconds of all its runs together
 * @param rollouts that all its runs together were trained on
 */
record Frontier(
    String label,
    List<FrontierPoint> points,
    Optional<SeedEstimate> hypervolume,
    Optional<SeedEstimate> spacing,
    Map<String, Optional<SeedEstimate>> adherence,
    int onJointFront,
    double seconds,
    double rollouts) {

  Frontier {
    points = List.copyOf(points);
    adherence = Ordered.copyOf(adherence);
  }
}
