package io.gapo.lab.training;

import io.gapo.core.port.ForUser;

/** A directory holds a training other than the one that is to continue there. */
public final class OtherTrainingException extends RuntimeException implements ForUser {

  private static final long serialVersionUID = 1L;

  OtherTrainingException(String message) {
    super(message);
  }
}
