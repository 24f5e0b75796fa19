package io.gapo.core.lineage;

import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.step.StepStatistics;
import io.gapo.core.step.UpdateDirection;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that made one policy version out of the one before.
 *
 * @param epoch of the optimizer that made it
 * @param direction how the objectives were weighed
 * @param rollouts trained on, each in no other version
 * @param appliedAt when the optimizer applied the update
 * @param model that training started from, as {@code ORGANIZATION/NAME@COMMIT}; null if it has no
 *     name on a hub
 */
public record VersionLineage(
    PolicyVersion version,
    long epoch,
    UpdateDirection direction,
    StepStatistics statistics,
    AppliedUpdate update,
    List<RolloutReference> rollouts,
    Instant appliedAt,
    @Nullable String model)
    implements LineageRecord {

  public VersionLineage {
    rollouts = List.copyOf(rollouts);
    if (version.number() < 1) {
      throw new IllegalArgumentException("the initial policy version has no lineage");
    }
  }
}
