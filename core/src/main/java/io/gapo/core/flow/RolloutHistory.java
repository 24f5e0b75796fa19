package io.gapo.core.flow;

import java.util.List;
import java.util.Set;

/**
 * What the topics say, at start-up, of the rollouts sampled before.
 *
 * @param outstanding ids of the rollouts that are in topic {@code rollouts} and have no known fate
 * @param settled ids of the rollouts whose fate the lineage knows, oldest first
 */
public record RolloutHistory(Set<String> outstanding, List<String> settled) {

  /** A first start. */
  public static final RolloutHistory NONE = new RolloutHistory(Set.of(), List.of());

  public RolloutHistory {
    outstanding = Set.copyOf(outstanding);
    settled = List.copyOf(settled);
  }
}
