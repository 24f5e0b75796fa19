package io.gapo.core.flow;

import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.ppo.KlTarget;
import io.gapo.core.step.StepStatistics;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The penalty's coefficient where it follows a target. Each version's lineage says which one it was
 * made with, so that a restart, and every collector, continues from there.
 */
public final class KlControl {

  private final Optional<KlTarget> target;
  private final LearnedByVersion<Double> coefficients = new LearnedByVersion<>();

  public KlControl(Optional<KlTarget> target) {
    this.target = target;
  }

  /** Learns from a version that counts; it replaces what was learned of it and of later ones. */
  public void read(VersionLineage lineage) {
    StepStatistics statistics = lineage.statistics();
    target.ifPresent(
        held ->
            coefficients.put(
                lineage.version(),
                held.after(
                    statistics.policy().klCoefficient(),
                    statistics.policy().kl(),
                    statistics.rollouts())));
  }

  /**
   * The coefficient of a step that improves {@code version}; empty if it is that of the settings.
   */
  public OptionalDouble coefficient(PolicyVersion version) {
    return target
        .map(held -> coefficients.before(version.next()).orElse(held.initial()))
        .map(OptionalDouble::of)
        .orElseGet(OptionalDouble::empty);
  }
}
