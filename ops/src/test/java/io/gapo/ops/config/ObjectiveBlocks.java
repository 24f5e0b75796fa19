package io.gapo.ops.config;

import com.typesafe.config.ConfigFactory;
import java.util.Map;
import java.util.Optional;

/** Settings that say nothing but their objectives. */
final class ObjectiveBlocks {

  private ObjectiveBlocks() {}

  /**
   * Reads them.
   *
   * @param blocks as they stand in a settings file, separated by commas
   */
  static GapoConfig load(String blocks) {
    Map<String, Object> settings =
        Map.of(
            "gapo.objectives",
            ConfigFactory.parseString("blocks = [%s]".formatted(blocks))
                .getList("blocks")
                .unwrapped());
    return GapoConfig.from(ConfigFiles.load(Optional.empty(), settings, Map.of()));
  }
}
