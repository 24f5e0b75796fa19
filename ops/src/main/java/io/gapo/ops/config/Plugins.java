package io.gapo.ops.config;

import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.port.ObjectiveProvider;
import io.gapo.ops.config.ObjectiveConfig.Plugin;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Finds the plug-ins that score objectives: every {@link ObjectiveProvider} on the class path. */
final class Plugins {

  private Plugins() {}

  /**
   * Opens an objective of a plug-in.
   *
   * @throws ConfigurationException if there is no such plug-in, or several
   * @throws RuntimeException what the plug-in throws
   */
  static ObjectiveModel open(String objective, Plugin plugin) {
    List<ObjectiveProvider> found = providers(objective);
    List<ObjectiveProvider> named =
        found.stream().filter(each -> each.name().equals(plugin.name())).toList();
    if (named.size() != 1) {
      throw refusal(
          objective,
          "there are %s plug-ins named '%s'; on the class path are %s: put one jar with it there"
              .formatted(
                  named.size(),
                  plugin.name(),
                  found.stream().map(ObjectiveProvider::name).sorted().toList()));
    }
    return named.get(0).open(objective, plugin.settings());
  }

  private static List<ObjectiveProvider> providers(String objective) {
    try {
      return ServiceLoader.load(ObjectiveProvider.class).stream()
          .map(ServiceLoader.Provider::get)
          .toList();
    } catch (ServiceConfigurationError e) {
      throw refusal(objective, "a plug-in cannot be loaded: " + e.getMessage());
    }
  }

  private static ConfigurationException refusal(String objective, String problem) {
    return new ConfigurationException(
        "gapo.objectives", "(%s): plugin: %s".formatted(objective, problem));
  }
}
