package io.gapo.ops.config;

import io.gapo.core.port.ForUser;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The user's settings are wrong; the message names the setting, where it stands and the remedy. */
public final class ConfigurationException extends RuntimeException implements ForUser {

  private static final long serialVersionUID = 2L;

  private final @Nullable String key;

  /**
   * One setting is wrong.
   *
   * @param key its full name
   * @param problem as it follows the name, for example {@code must be >= 1, was 0}
   */
  public ConfigurationException(String key, String problem) {
    this(key, key + " " + problem, null);
  }

  /** One setting is wrong, and the cause says in what way. */
  ConfigurationException(String key, Throwable cause) {
    this(key, key + ": " + cause.getMessage(), cause);
  }

  /** What is wrong has no name, or several. */
  public ConfigurationException(String message) {
    this(null, message, null);
  }

  ConfigurationException(@Nullable String key, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.key = key;
  }

  /** The setting's full name, as {@code gapo.objectives[0].name}, if it is one setting. */
  public Optional<String> key() {
    return Optional.ofNullable(key);
  }
}
