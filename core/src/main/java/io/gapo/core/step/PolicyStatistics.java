package io.gapo.core.step;

import java.util.List;

/**
 * What the policy was like on a batch, on average over its response tokens.
 *
 * @param kl log-ratio of policy to reference policy, nats a token
 * @param entropy of the policy's next-token distribution, nats a token
 * @param klCoefficient of the penalty for straying, that the batch was measured with; NaN in
 *     records from before it was told
 */
public record PolicyStatistics(double kl, double entropy, double klCoefficient) {

  /** The statistics of a batch without rollouts. */
  public static final PolicyStatistics NONE = new PolicyStatistics(0, 0, 0);

  /** The statistics of the union of batches. */
  static PolicyStatistics ofUnion(List<PolicyStatistics> parts, UnionMean overTokens) {
    return new PolicyStatistics(
        overTokens.of(parts, PolicyStatistics::kl),
        overTokens.of(parts, PolicyStatistics::entropy),
        overTokens.of(parts, PolicyStatistics::klCoefficient));
  }
}
