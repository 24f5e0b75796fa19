package io.gapo.objectives.rule;

import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;

/** Counts a response's tokens. */
final class ResponseTokens {

  private ResponseTokens() {}

  /** How many there are, end-of-sequence token not counted. */
  static int count(Rollout rollout) {
    boolean ended = rollout.finishReason() == FinishReason.END_OF_SEQUENCE;
    return rollout.responseTokens().length - (ended ? 1 : 0);
  }
}
