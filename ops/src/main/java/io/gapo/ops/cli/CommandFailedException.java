package io.gapo.ops.cli;

import io.gapo.core.port.ForUser;

/** A command cannot do what it should; the message says what is wrong, where, and the remedy. */
public final class CommandFailedException extends RuntimeException implements ForUser {

  private static final long serialVersionUID = 1L;

  public CommandFailedException(String message) {
    super(message);
  }

  public CommandFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
