package io.gapo.ops.config;

import com.typesafe.config.Config;

/** Settings under {@code gapo.metrics}; defaults are in reference.conf. */
public record MetricsConfig(String host, int port) {

  public MetricsConfig {
    Check.notBlank("gapo.metrics.host", host);
    Check.port("gapo.metrics.port", port);
  }

  static MetricsConfig from(Config root) {
    return new MetricsConfig(
        root.getString("gapo.metrics.host"), WholeNumber.intAt(root, "gapo.metrics.port"));
  }
}
