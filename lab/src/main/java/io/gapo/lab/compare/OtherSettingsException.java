package io.gapo.lab.compare;

import io.gapo.core.port.ForUser;
import org.jspecify.annotations.Nullable;

/** What a directory of a comparison holds was made with other settings than those asked for. */
public final class OtherSettingsException extends RuntimeException implements ForUser {

  private static final long serialVersionUID = 1L;

  OtherSettingsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
