package io.gapo.ops.config;

import com.typesafe.config.Config;
import java.time.Duration;

/** Settings under {@code gapo.delivery}; units and defaults are in reference.conf. */
public record DeliveryConfig(
    int attempts, Duration minBackoff, Duration maxBackoff, Duration patience) {

  public DeliveryConfig {
    Check.atLeast("gapo.delivery.attempts", attempts, 1);
    Check.positive("gapo.delivery.min-backoff", minBackoff);
    Check.positive("gapo.delivery.patience", patience);
    if (maxBackoff.compareTo(minBackoff) < 0) {
      throw new ConfigurationException(
          "gapo.delivery.max-backoff must be at least gapo.delivery.min-backoff (%s), was %s"
              .formatted(minBackoff, maxBackoff));
    }
  }

  static DeliveryConfig from(Config root) {
    return new DeliveryConfig(
        WholeNumber.intAt(root, "gapo.delivery.attempts"),
        root.getDuration("gapo.delivery.min-backoff"),
        root.getDuration("gapo.delivery.max-backoff"),
        root.getDuration("gapo.delivery.patience"));
  }
}
