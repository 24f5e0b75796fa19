package io.gapo.core.rollout;

/** Why a rollout's last token is its last. */
public enum FinishReason {
  /** The policy produced the end-of-sequence token, which is the response's last token. */
  END_OF_SEQUENCE("stop"),
  /** The response reached the longest length allowed. */
  LENGTH("length");

  private final String spelling;

  FinishReason(String spelling) {
    this.spelling = spelling;
  }

  /** As scorers and scripts are told it: in the words of OpenAI's API. */
  public String spelling() {
    return spelling;
  }
}
