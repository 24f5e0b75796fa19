package io.gapo.actors.support;

import io.gapo.core.port.Stage;

/** A listener failed at what a stage told it; what the stage worked with is not to blame. */
public final class ListenerFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ListenerFailedException(Stage stage, RuntimeException cause) {
    super(
        "a listener failed at what the %s told it: %s".formatted(stage, cause.getMessage()), cause);
  }
}
