package io.gapo.ops.config;

import io.gapo.core.port.ForUser;
import org.jspecify.annotations.Nullable;

/** The user's settings are wrong; the message names the setting, where it stands and the mend. */
public final class ConfigurationException extends RuntimeException implements ForUser {

  private static final long serialVersionUID = 1L;

  public ConfigurationException(String message) {
    super(message);
  }

  ConfigurationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
