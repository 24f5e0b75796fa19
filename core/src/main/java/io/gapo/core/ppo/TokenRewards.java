package io.gapo.core.ppo;

/**
 * What each token of a response earns for one objective: a penalty for straying from the reference
 * policy, and at the last token the score.
 *
 * <p>{@code r_t = clamp(−β(log π_old − log π_ref) + [t is last] score)}, as in Safe RLHF (Dai et
 * al., ICLR 2024), or with another estimate of the divergence in place of the log-ratio. The
 * penalty is part of every objective.
 *
 * @param klCoefficient β, at least 0
 * @param estimator of the divergence; as a reward, only the log-ratio has the gradient of the
 *     divergence that is bounded and reported
 * @param clamp largest absolute reward of one token; Safe RLHF has 50
 */
public record TokenRewards(double klCoefficient, KlEstimator estimator, double clamp) {

  public TokenRewards {
    if (!(klCoefficient >= 0 && klCoefficient < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("KL coefficient must be >= 0, was " + klCoefficient);
    }
    if (!(clamp > 0)) {
      throw new IllegalArgumentException("reward clamp must be > 0, was " + clamp);
    }
  }

  /**
   * Rewards of one response, shape (T).
   *
   * @param oldLogProbs of its tokens under the policy that sampled it, nats, shape (T)
   * @param referenceLogProbs under the reference policy, shape (T)
   */
  public double[] of(double score, double[] oldLogProbs, double[] referenceLogProbs) {
    int tokens = Sequences.requireSameLength(oldLogProbs, referenceLogProbs);
    double[] rewards = new double[tokens];
    for (int t = 0; t < tokens; t++) {
      double reward = -klCoefficient * estimator.of(oldLogProbs[t] - referenceLogProbs[t]);
      if (t == tokens - 1) {
        reward += score;
      }
      rewards[t] = clamped(reward);
    }
    return rewards;
  }

  /** A score as far as it counts. */
  public double clamped(double score) {
    return Math.max(-clamp, Math.min(clamp, score));
  }
}
