package io.gapo.objectives.rule;

import io.gapo.core.rollout.Rollout;
import io.gapo.core.settings.Bounds;

/**
 * Prefers short responses: 1 for an empty one, 0 at the target length, falling on at the same rate
 * beyond it. Range: at most 1, without a lower bound.
 *
 * @param targetTokens the length that scores 0, end-of-sequence token not counted
 */
public record Conciseness(int targetTokens) implements Rule {

  public Conciseness {
    Bounds.atLeast("target-tokens", targetTokens, 1);
  }

  @Override
  public double score(Rollout rollout) {
    return 1 - (double) ResponseTokens.count(rollout) / targetTokens;
  }
}
