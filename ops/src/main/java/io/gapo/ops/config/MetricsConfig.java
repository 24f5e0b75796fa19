package io.gapo.ops.config;

import com.typesafe.config.Config;
import io.gapo.core.settings.Bounds;
import io.gapo.core.settings.InvalidSettingException;

/** Settings under {@code gapo.metrics}; defaults are in reference.conf. */
public record MetricsConfig(String host, int port) {

  public MetricsConfig {
    if (host.isBlank()) {
      throw new InvalidSettingException("host", "must not be empty");
    }
    Bounds.require(port >= 0 && port <= 65_535, "port", "0 to 65535", port);
  }

  static MetricsConfig from(Config root) {
    Block metrics = Block.of(root, "gapo.metrics");
    return metrics.make(() -> new MetricsConfig(metrics.text("host"), metrics.wholeNumber("port")));
  }
}
