package io.gapo.streams.topic;

import io.gapo.core.port.ForUser;
import org.jspecify.annotations.Nullable;

/** The topics cannot be made, or are not as needed; the message says what is wrong. */
public final class TopicSetupException extends RuntimeException implements ForUser {

  private static final long serialVersionUID = 1L;

  TopicSetupException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
