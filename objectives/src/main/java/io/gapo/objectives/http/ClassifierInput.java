package io.gapo.objectives.http;

import io.gapo.core.rollout.Rollout;

/** What a classifier reads of a rollout. */
public enum ClassifierInput {
  /** The response alone. */
  RESPONSE,
  /** Prompt, line end, response. */
  CONVERSATION;

  String of(Rollout rollout) {
    return switch (this) {
      case RESPONSE -> rollout.response();
      case CONVERSATION -> rollout.prompt() + "\n" + rollout.response();
    };
  }
}
