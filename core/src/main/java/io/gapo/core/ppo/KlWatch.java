package io.gapo.core.ppo;

import io.gapo.core.settings.Bounds;

/**
 * Says when the policy has strayed too far from the reference policy to be improved further.
 *
 * @param bound largest KL(policy || reference), nats a token, at which objectives still count
 */
public record KlWatch(double bound) {

  public KlWatch {
    Bounds.positive("kl-bound", bound);
  }

  /**
   * Whether a batch of this KL, nats a token, must only pull the policy back. NaN does not: it
   * makes the objectives NaN too, and those refuse the step.
   */
  public boolean holdsBack(double kl) {
    return kl > bound;
  }
}
