package io.gapo.objectives.rule;

/** A rule cannot score a rollout, however often one tries; the message says why and what to do. */
public final class UnscorableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnscorableException(String reason) {
    super(reason);
  }
}
