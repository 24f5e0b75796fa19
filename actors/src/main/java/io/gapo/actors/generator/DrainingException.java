package io.gapo.actors.generator;

import io.gapo.core.port.Stage;

/** The stage is being stopped and takes no further work; whoever starts next will do it. */
public final class DrainingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DrainingException(Stage stage) {
    super("the %s is being drained".formatted(stage));
  }
}
