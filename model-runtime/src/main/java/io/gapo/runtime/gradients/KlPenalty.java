package io.gapo.runtime.gradients;

import io.gapo.core.ppo.KlEstimator;
import io.gapo.core.settings.Bounds;

/**
 * The penalty for straying from the reference policy.
 *
 * @param coefficient β
 * @param placement where it acts
 * @param estimator of the divergence: inside, of what a token loses; outside, whose gradient the
 *     update follows, K1's as that of half its square
 */
public record KlPenalty(double coefficient, KlPlacement placement, KlEstimator estimator) {

  public KlPenalty {
    Bounds.notNegative("kl-coefficient", coefficient);
  }

  /** The same with another β. */
  KlPenalty withCoefficient(double other) {
    return new KlPenalty(other, placement, estimator);
  }

  /** β inside every objective's reward. */
  double inside() {
    return placement == KlPlacement.INSIDE ? coefficient : 0;
  }

  /** β beside the objectives. */
  double outside() {
    return placement == KlPlacement.OUTSIDE ? coefficient : 0;
  }
}
