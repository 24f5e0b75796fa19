package io.gapo.core.lineage;

import io.gapo.core.rollout.RolloutReference;
import java.util.List;

/** One entry of the lineage: that a version was made, or that a rollout will not be used. */
public sealed interface LineageRecord permits VersionLineage, Settlement {

  /** The rollouts whose fate it tells. */
  List<RolloutReference> rollouts();
}
