package io.gapo.lab.training;

import io.gapo.core.port.ForUser;

/** Nothing is left to train on. */
public final class NoExamplesException extends IllegalArgumentException implements ForUser {

  private static final long serialVersionUID = 1L;

  NoExamplesException() {
    super(
        "there are no examples to train on: give --data with more, or a smaller --held-out share");
  }
}
