package io.gapo.runtime.gradients;

import io.gapo.core.flow.StalenessLimit;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.ppo.RatioCorrection;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.step.OffPolicyTokens;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.IntStream;

/**
 * What the ratio correction makes of a batch, once the policy's log-probabilities of all its tokens
 * are known.
 *
 * @param weighs whether the weights are those of every objective; else each clips its own
 * @param weights by rollout and token; 0 where a rollout does not train
 * @param byStaleness of the tokens that train
 */
record CorrectedTokens(
    boolean weighs, double[][] weights, SortedMap<Long, OffPolicyTokens> byStaleness) {

  /**
   * Corrects a batch. What does not train has no part in what the correction decides.
   *
   * @param logProbs under the policy, by rollout and token
   * @param version of the policy
   */
  static CorrectedTokens of(
      LossSettings losses, List<Rollout> rollouts, double[][] logProbs, PolicyVersion version) {
    RatioCorrection correction = losses.correction();
    int[] training =
        IntStream.range(0, rollouts.size())
            .filter(i -> BatchTokens.trains(losses, rollouts.get(i)))
            .toArray();
    double[][] policy = Arrays.stream(training).mapToObj(i -> logProbs[i]).toArray(double[][]::new);
    double[][] behavior =
        Arrays.stream(training)
            .mapToObj(i -> BatchTokens.widened(rollouts.get(i).behaviorLogProbs()))
            .toArray(double[][]::new);
    double[][] corrected = correction.weights(policy, behavior);
    double[][] weights = BatchTokens.newRows(rollouts);
    for (int k = 0; k < training.length; k++) {
      weights[training[k]] = corrected[k];
    }
    long[][] staleness =
        Arrays.stream(training)
            .mapToObj(i -> StalenessLimit.tokenStaleness(rollouts.get(i), version))
            .toArray(long[][]::new);
    return new CorrectedTokens(
        correction.isCommon(),
        weights,
        OffPolicyTokens.byStaleness(policy, behavior, corrected, staleness));
  }
}
