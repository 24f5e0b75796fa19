package io.gapo.core.ppo;

/**
 * What a batch's loss is of its tokens' losses. Tokens that are left out count in what is divided
 * by: leaving one out does not make the others count more.
 */
public enum LossAggregation {
  /** The mean over sequences of the means over their tokens: a long one's tokens count less. */
  SEQUENCE_MEAN,
  /** The mean over the batch's tokens (DAPO, arXiv 2503.14476): a long sequence counts more. */
  TOKEN_MEAN,
  /**
   * The sum over a sequence's tokens, divided by the longest length allowed, as a mean over
   * sequences (Dr. GRPO, arXiv 2503.20783): each token counts the same whatever the batch.
   */
  CONSTANT;

  /** Whether the union of batches weighs each batch by its tokens; else by its rollouts. */
  public boolean isOverTokens() {
    return this == TOKEN_MEAN;
  }

  /**
   * How much one token's loss counts.
   *
   * @param rollouts in the batch
   * @param batchTokens response tokens in the batch
   * @param tokens in the token's own response
   * @param maxTokens of a response
   */
  public double share(int rollouts, long batchTokens, int tokens, int maxTokens) {
    return switch (this) {
      case SEQUENCE_MEAN -> 1.0 / rollouts / tokens;
      case TOKEN_MEAN -> 1.0 / batchTokens;
      case CONSTANT -> 1.0 / rollouts / maxTokens;
    };
  }
}
