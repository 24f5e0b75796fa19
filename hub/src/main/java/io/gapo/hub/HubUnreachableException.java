package io.gapo.hub;

/** The endpoint does not answer, or answers again and again that it cannot now. */
final class HubUnreachableException extends HubException {

  private static final long serialVersionUID = 1L;

  HubUnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}
