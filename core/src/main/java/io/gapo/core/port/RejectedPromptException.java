package io.gapo.core.port;

/** A prompt cannot be sampled, however often one tries; the message says why. */
public final class RejectedPromptException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param reason for whoever wrote the prompt
   */
  public RejectedPromptException(String reason) {
    super(reason);
  }
}
