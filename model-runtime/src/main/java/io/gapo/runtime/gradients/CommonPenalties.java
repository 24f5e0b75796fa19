package io.gapo.runtime.gradients;

import io.gapo.core.ppo.KlEstimator;

/**
 * What an update's loss has beside the weighed objectives, once for all of them.
 *
 * @param k1 weight of each token's divergence from the reference policy, by half its squared
 *     log-ratio
 * @param k3 weight of each token's divergence from the reference policy, by k3
 * @param regularisation weight of the ratio correction's regularisation
 */
record CommonPenalties(double k1, double k3, double regularisation) {

  /**
   * The penalties of an update.
   *
   * @param kl where the penalty for straying acts
   * @param pullBack weight of the divergence while the KL watch pulls the policy back: always by
   *     half the squared log-ratio, whose gradient is that of the divergence that is watched
   * @param objectives the sum of the objectives' weights: they share out the objectives' losses,
   *     each of which would have the penalty inside
   * @param tokenShare of each token in a mean over tokens
   */
  static CommonPenalties of(
      KlPenalty kl, double pullBack, double objectives, double tokenShare, double regularisation) {
    double outside = kl.outside() * objectives;
    boolean isK1 = kl.estimator() == KlEstimator.K1;
    return new CommonPenalties(
        tokenShare * (isK1 ? pullBack + outside : pullBack),
        isK1 ? 0 : tokenShare * outside,
        regularisation * objectives);
  }
}
