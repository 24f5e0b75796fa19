package io.gapo.core.lineage;

import io.gapo.core.rollout.RolloutReference;
import java.util.List;

/**
 * Why a rollout will never be trained on. That it was trained on, a {@link VersionLineage} says.
 *
 * <p>A lineage that names the rollout outweighs its settlement: only the optimizer knows what was
 * trained. Both exist, for example, when a gradient collector sends a part, restarts, and then
 * refuses the same rollouts, while the optimizer uses the part.
 *
 * @param version the number of the policy version that was being improved when it was settled
 * @param reason for the reader of the lineage
 */
public record Settlement(RolloutReference rollout, Fate fate, long version, String reason)
    implements LineageRecord {

  /** What became of a rollout that was not trained on. */
  public enum Fate {
    /** Older than the staleness limit when it could have been used. */
    STALE,
    /** A model failed on it again and again, or an objective has no score for it. */
    QUARANTINED,
    /** Part of a step that was refused because its gradient was not finite. */
    REFUSED
  }

  @Override
  public List<RolloutReference> rollouts() {
    return List.of(rollout);
  }
}
