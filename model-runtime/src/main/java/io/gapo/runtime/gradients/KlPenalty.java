package io.gapo.runtime.gradients;

import io.gapo.core.settings.Bounds;

/**
 * The penalty for straying from the reference policy.
 *
 * @param coefficient β
 * @param placement where it acts
 */
public record KlPenalty(double coefficient, KlPlacement placement) {

  public KlPenalty {
    Bounds.notNegative("kl-coefficient", coefficient);
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
