package io.gapo.ops.config;

import static java.util.stream.Collectors.joining;

import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.port.ObjectiveProvider;
import io.gapo.core.settings.InvalidSettingException;
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
   * @throws InvalidSettingException as {@link #find} does
   * @throws RuntimeException what the plug-in throws
   */
  static ObjectiveModel open(String objective, Plugin plugin) {
    return find(plugin.name()).open(objective, plugin.settings());
  }

  /**
   * Finds a plug-in.
   *
   * @throws InvalidSettingException if there is no such plug-in, or several
   */
  static ObjectiveProvider find(String name) {
    List<ObjectiveProvider> found = providers();
    List<ObjectiveProvider> named =
        found.stream().filter(each -> each.name().equals(name)).toList();
    if (named.size() > 1) {
      throw refusal(
          "'%s' is what %s plug-ins on the class path are called: leave one jar there"
              .formatted(name, named.size()));
    }
    if (named.isEmpty()) {
      throw refusal(
          "'%s' is no plug-in on the class path, which has %s: name its jar in GAPO_PLUGINS"
              .formatted(name, found.isEmpty() ? "none" : names(found)));
    }
    return named.get(0);
  }

  private static String names(List<ObjectiveProvider> providers) {
    return providers.stream().map(ObjectiveProvider::name).sorted().collect(joining(", "));
  }

  private static List<ObjectiveProvider> providers() {
    try {
      return ServiceLoader.load(ObjectiveProvider.class).stream()
          .map(ServiceLoader.Provider::get)
          .toList();
    } catch (ServiceConfigurationError e) {
      throw refusal(
          "cannot be looked up, a plug-in on the class path cannot be loaded: %s; take its jar out"
                  .formatted(e.getMessage())
              + " of GAPO_PLUGINS, or put the right one there");
    }
  }

  private static InvalidSettingException refusal(String problem) {
    return new InvalidSettingException("name", problem);
  }
}
