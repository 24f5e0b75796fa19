package io.gapo.core.ppo;

import io.gapo.core.settings.Bounds;
import io.gapo.core.settings.InvalidSettingException;

/**
 * The longest length of a response, and what it means to come near it.
 *
 * @param tokens of a response, at most
 * @param cacheTokens over which the penalty grows, where there is one
 * @param penalty at the longest length, in units of the normalised scores
 */
public record ResponseLimit(
    int tokens, TruncatedResponses truncated, int cacheTokens, double penalty) {

  public ResponseLimit {
    Bounds.atLeast("max-response-tokens", tokens, 1);
    Bounds.atLeast("soft-overlong.cache-tokens", cacheTokens, 1);
    Bounds.positive("soft-overlong.penalty", penalty);
    if (truncated == TruncatedResponses.SOFT_OVERLONG && cacheTokens > tokens) {
      throw new InvalidSettingException(
          "soft-overlong.cache-tokens",
          "must be at most gapo.sampling.max-response-tokens, %s, was %s: lower it"
              .formatted(tokens, cacheTokens));
    }
  }

  /**
   * Whether a response's tokens take part in the losses.
   *
   * @param isTruncated whether it ended because it was too long
   */
  public boolean trains(boolean isTruncated) {
    return truncated != TruncatedResponses.MASK || !isTruncated;
  }

  /**
   * What is added to each objective's score for a response's length, at most 0: DAPO's soft
   * overlong punishment (arXiv 2503.14476, equation 13), 0 up to {@code cacheTokens} before the
   * limit and then linear. It is the same for all objectives, as the KL penalty inside the rewards
   * is.
   */
  public double penalty(int responseTokens) {
    int free = tokens - cacheTokens;
    return truncated == TruncatedResponses.SOFT_OVERLONG && responseTokens > free
        ? -penalty * Math.min(1, (double) (responseTokens - free) / cacheTokens)
        : 0;
  }
}
