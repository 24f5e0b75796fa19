package io.gapo.core.ppo;

import io.gapo.core.settings.Bounds;

/**
 * Holds the divergence from the reference policy near a target by the penalty's coefficient: the
 * proportional controller of Ziegler et al. 2019 (arXiv 1909.08593, §2.2).
 *
 * @param initial coefficient of the first version
 * @param target nats a token
 * @param horizon rollouts over which a divergence of 1.2 times the target, or more, raises the
 *     coefficient by 20 %
 */
public record KlTarget(double initial, double target, int horizon) {

  /** A single batch's divergence counts as no further from the target than this share of it. */
  private static final double LARGEST_ERROR = 0.2;

  public KlTarget {
    Bounds.require(
        initial > 0 && Double.isFinite(initial),
        "kl-coefficient",
        "> 0 where gapo.training.kl-target.value is set, since it is multiplied",
        initial);
    Bounds.positive("kl-target.value", target);
    Bounds.atLeast("kl-target.horizon", horizon, 1);
  }

  /**
   * The coefficient after a step.
   *
   * @param coefficient that the step had; NaN if it is not known, which begins anew
   * @param kl of its batch, nats a token
   * @param rollouts of its batch
   */
  public double after(double coefficient, double kl, int rollouts) {
    if (Double.isNaN(coefficient)) {
      return initial;
    }
    double error = Math.max(-LARGEST_ERROR, Math.min(LARGEST_ERROR, kl / target - 1));
    double share = Math.min(1, (double) rollouts / horizon);
    return Double.isNaN(error) ? coefficient : coefficient * (1 + error * share);
  }
}
