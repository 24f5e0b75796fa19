package io.gapo.hub;

import org.jspecify.annotations.Nullable;

/**
 * A model cannot be had. The message is for the user: it names the model, says why, and what to do.
 */
public class HubException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  HubException(String message) {
    this(message, null);
  }

  HubException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
