package io.gapo.core.flow;

import io.gapo.core.rollout.SettledRollouts;
import java.util.Set;

/**
 * What the topics say, at start-up, of the rollouts sampled before.
 *
 * @param outstanding ids of the rollouts that are in topic {@code rollouts} and have no known fate
 * @param settled the rollouts whose fate the lineage knows, all of them
 */
public record RolloutHistory(Set<String> outstanding, SettledRollouts settled) {

  public RolloutHistory {
    outstanding = Set.copyOf(outstanding);
  }

  /** The empty history of a first start. */
  public static RolloutHistory none() {
    return new RolloutHistory(Set.of(), new SettledRollouts());
  }
}
