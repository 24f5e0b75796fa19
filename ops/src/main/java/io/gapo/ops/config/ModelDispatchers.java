package io.gapo.ops.config;

import akka.actor.typed.DispatcherSelector;
import io.gapo.core.port.Stage;

/** The dispatchers of application.conf on which actors call models. */
public final class ModelDispatchers {

  private ModelDispatchers() {}

  /** Gives every actor on it a thread of its own, named after the stage. */
  public static DispatcherSelector of(Stage stage) {
    return DispatcherSelector.fromConfig("model-dispatcher." + stage);
  }
}
