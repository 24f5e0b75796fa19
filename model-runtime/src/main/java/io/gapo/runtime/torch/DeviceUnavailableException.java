package io.gapo.runtime.torch;

import io.gapo.core.port.ForUser;
import org.jspecify.annotations.Nullable;

/** A device cannot be computed on; the message says why, and what may help. */
public final class DeviceUnavailableException extends RuntimeException implements ForUser {

  private static final long serialVersionUID = 1L;

  DeviceUnavailableException(String device, String why, @Nullable Throwable cause) {
    super("device '%s' cannot be used: %s".formatted(device, why), cause);
  }
}
