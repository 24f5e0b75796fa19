package io.gapo.objectives.rule;

import io.gapo.core.rollout.Rollout;

/** What a length is counted in. */
public enum LengthUnit {
  /** The policy's tokens, end-of-sequence token not counted. */
  TOKENS,
  /** Runs of letters and digits. */
  WORDS,
  /** Unicode code points. */
  CHARACTERS;

  int lengthOf(Rollout rollout) {
    String response = rollout.response();
    return switch (this) {
      case TOKENS -> ResponseTokens.count(rollout);
      case WORDS -> Words.of(response).size();
      case CHARACTERS -> response.codePointCount(0, response.length());
    };
  }
}
