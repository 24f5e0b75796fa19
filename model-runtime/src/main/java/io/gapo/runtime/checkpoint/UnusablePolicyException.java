package io.gapo.runtime.checkpoint;

import io.gapo.core.port.ForUser;

/** What would be written, or was trained, is no policy that anything could open; says why. */
public final class UnusablePolicyException extends RuntimeException implements ForUser {

  private static final long serialVersionUID = 1L;

  public UnusablePolicyException(String message) {
    super(message);
  }
}
