package io.gapo.core.ppo;

/**
 * Says when the policy has strayed too far from the reference policy to be improved further.
 *
 * @param bound largest KL(policy || reference), nats a token, at which objectives still count;
 *     infinite switches the watch off
 */
public record KlWatch(double bound) {

  /** Never holds back. */
  public static final KlWatch OFF = new KlWatch(Double.POSITIVE_INFINITY);

  public KlWatch {
    if (!(bound > 0)) {
      throw new IllegalArgumentException("KL bound must be > 0 nats a token, was " + bound);
    }
  }

  /**
   * Whether a batch of this KL, nats a token, must only pull the policy back. NaN does not: it
   * makes the objectives NaN too, and those refuse the step.
   */
  public boolean holdsBack(double kl) {
    return kl > bound;
  }
}
