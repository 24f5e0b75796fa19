package io.gapo.core.ppo;

/**
 * How the divergence from the reference policy is estimated for a token (Schulman, "Approximating
 * KL divergence", 2020).
 */
public enum KlEstimator {
  /** The log-ratio of policy to reference: unbiased, of either sign. */
  K1 {
    @Override
    double of(double logRatio) {
      return logRatio;
    }
  },
  /** {@code 1/r − 1 + log r} for the ratio r of policy to reference: unbiased, never negative. */
  K3 {
    @Override
    double of(double logRatio) {
      return Math.expm1(-logRatio) + logRatio;
    }
  };

  /** The estimate by one token, in nats. */
  abstract double of(double logRatio);
}
