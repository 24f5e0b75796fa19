package io.gapo.actors.collector;

import io.gapo.core.lineage.Settlement;
import java.util.HashSet;
import java.util.Set;

/**
 * The rollouts of a step that the optimizer refused, whose own refusal the lineage should tell
 * next.
 *
 * <p>Without waiting for it they would go into the next attempt. What is not refused, because
 * another step was meant, does so after a while.
 */
final class PendingRefusals {

  private final Set<String> rolloutIds;

  PendingRefusals(CollectorStep refused) {
    this.rolloutIds = new HashSet<>(refused.rolloutIds());
  }

  /** Notes one of them, and says whether none is missing any more. */
  boolean isLast(Settlement settlement) {
    rolloutIds.remove(settlement.rollout().id());
    return rolloutIds.isEmpty();
  }
}
