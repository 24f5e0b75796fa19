package io.gapo.runtime.gradients;

/**
 * PPO's clipped surrogate as a loss (Schulman et al. 2017, equation 7), the mean over sequences of
 * the means over their tokens.
 *
 * <p>{@code L = −mean min(ρA, clip(ρ, 1 − ε, 1 + ε) A)} with {@code ρ = exp(log π − log
 * π_behavior)}. This is the reference for the tensor code: a ratio too large for a double makes the
 * loss infinite or NaN, which whoever trains must refuse.
 *
 * @param clipRange ε, in (0, 1); Safe RLHF has 0.2
 */
record ClippedSurrogate(double clipRange) {

  /**
   * Of one batch.
   *
   * @param loss to be minimized
   * @param gradient of the loss by each token's log-probability, shape (B, T of each sequence)
   * @param clipFraction share of tokens whose ratio lies outside the clip range
   * @param ratioMean importance ratio, mean over tokens
   * @param ratioMax importance ratio, largest
   */
  record Evaluation(
      double loss, double[][] gradient, double clipFraction, double ratioMean, double ratioMax) {}

  ClippedSurrogate {
    if (!(clipRange > 0 && clipRange < 1)) {
      throw new IllegalArgumentException("clip range must be in (0, 1), was " + clipRange);
    }
  }

  /**
   * The loss of one objective. All shapes are (B, T of each sequence).
   *
   * @param logProbs of the tokens under the policy that is trained, nats
   * @param behaviorLogProbs under the policy that sampled them
   */
  Evaluation evaluate(double[][] logProbs, double[][] behaviorLogProbs, double[][] advantages) {
    int batch = Sequences.requireSameShape(logProbs, behaviorLogProbs, advantages);
    double[][] gradient = new double[batch][];
    double loss = 0;
    double ratioSum = 0;
    double ratioMax = 0;
    long outside = 0;
    long allTokens = 0;
    for (int i = 0; i < batch; i++) {
      int tokens = logProbs[i].length;
      double share = 1.0 / batch / tokens;
      gradient[i] = new double[tokens];
      for (int t = 0; t < tokens; t++) {
        double ratio = Math.exp(logProbs[i][t] - behaviorLogProbs[i][t]);
        double clipped = Math.max(1 - clipRange, Math.min(1 + clipRange, ratio));
        double gain = ratio * advantages[i][t];
        double clippedGain = clipped * advantages[i][t];
        loss -= share * Math.min(gain, clippedGain);
        // Where the clipped gain is the smaller one, the ratio has no influence any more.
        gradient[i][t] = gain <= clippedGain ? -share * gain : 0;
        ratioSum += ratio;
        ratioMax = Math.max(ratioMax, ratio);
        outside += Math.abs(ratio - 1) > clipRange ? 1 : 0;
      }
      allTokens += tokens;
    }
    return new Evaluation(
        loss, gradient, (double) outside / allTokens, ratioSum / allTokens, ratioMax);
  }
}
