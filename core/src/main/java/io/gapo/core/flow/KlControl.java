package io.gapo.core.flow;

import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.ppo.KlTarget;
import io.gapo.core.step.StepStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * The penalty's coefficient where it follows a target. Each version's lineage says which one it was
 * made with, so that a restart, and every collector, continues from there.
 */
public final class KlControl {

  /** More than an optimizer that lost checkpoints could fall back by. */
  private static final int VERSIONS_KEPT = 100;

  private final Optional<KlTarget> target;
  private final TreeMap<PolicyVersion, Double> coefficients = new TreeMap<>();

  public KlControl(Optional<KlTarget> target) {
    this.target = target;
  }

  /** Learns from a version that counts; it replaces what was learned of it and of later ones. */
  public void read(VersionLineage lineage) {
    coefficients.tailMap(lineage.version()).clear();
    StepStatistics statistics = lineage.statistics();
    target.ifPresent(
        held ->
            coefficients.put(
                lineage.version(),
                held.after(
                    statistics.policy().klCoefficient(),
                    statistics.policy().kl(),
                    statistics.rollouts())));
    if (coefficients.size() > VERSIONS_KEPT) {
      coefficients.pollFirstEntry();
    }
  }

  /**
   * The coefficient of a step that improves {@code version}; empty if it is that of the settings.
   */
  public OptionalDouble coefficient(PolicyVersion version) {
    if (target.isEmpty()) {
      return OptionalDouble.empty();
    }
    Map.Entry<PolicyVersion, Double> newest = coefficients.floorEntry(version);
    return OptionalDouble.of(newest == null ? target.get().initial() : newest.getValue());
  }
}
