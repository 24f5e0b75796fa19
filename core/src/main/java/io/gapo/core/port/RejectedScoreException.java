package io.gapo.core.port;

/** A score joins no rollout of this run; the message says why. */
public final class RejectedScoreException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param reason for whoever wrote the score
   */
  public RejectedScoreException(String reason) {
    super(reason);
  }
}
