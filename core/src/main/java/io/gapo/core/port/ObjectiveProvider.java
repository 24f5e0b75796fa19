package io.gapo.core.port;

import java.util.Map;

/**
 * Makes objectives of a kind of its own: what a plug-in, a jar beside the service, implements.
 * {@link java.util.ServiceLoader} finds it by a file {@code
 * META-INF/services/io.gapo.core.port.ObjectiveProvider} with the class's name, and makes it by its
 * constructor without parameters.
 */
public interface ObjectiveProvider {

  /** What {@code gapo.objectives} names it by; no two plug-ins have the same. */
  String name();

  /**
   * Makes an objective; called again when one failed several times in a row.
   *
   * @param objective the objective's name
   * @param settings what stands beside the plug-in's name in the settings, as text
   * @throws RuntimeException if the settings or what they name will not do; the message is for the
   *     user
   */
  ObjectiveModel open(String objective, Map<String, String> settings);
}
