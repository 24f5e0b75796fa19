package io.gapo.actors.support;

import org.slf4j.Logger;

/** Frees models at the end of their actor. */
public final class Closing {

  private Closing() {}

  /**
   * Closes {@code model}; a failure is only logged, since what comes next does not depend on it.
   */
  public static void close(AutoCloseable model, Logger log) {
    try {
      model.close();
    } catch (Exception e) { // Everything: a model that broke may break again when it is closed.
      log.warn("Freeing {} failed", model.getClass().getSimpleName(), e);
    }
  }
}
