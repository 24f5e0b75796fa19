package io.gapo.core.port;

import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.SettledRollouts;

/** What the lineage knows of the rollouts that were settled before. */
@FunctionalInterface
public interface SettledHistory {

  /**
   * All that were settled until this version was made, as far as the lineage tells of it now; those
   * trained on in a later version are left out. Blocks.
   */
  SettledRollouts upTo(PolicyVersion version);
}
