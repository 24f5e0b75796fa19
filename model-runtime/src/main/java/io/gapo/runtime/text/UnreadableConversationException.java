package io.gapo.runtime.text;

import io.gapo.core.port.ForUser;

/** A conversation that a model's template has no form for. */
public final class UnreadableConversationException extends IllegalArgumentException
    implements ForUser {

  private static final long serialVersionUID = 1L;

  UnreadableConversationException(String message) {
    super(message);
  }

  UnreadableConversationException(String message, Throwable cause) {
    super(message, cause);
  }
}
