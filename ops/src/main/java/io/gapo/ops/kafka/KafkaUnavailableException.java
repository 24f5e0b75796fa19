package io.gapo.ops.kafka;

import io.gapo.core.port.ForUser;
import org.jspecify.annotations.Nullable;

/** Kafka does not answer, or not as needed; the message says what is wrong and how to fix it. */
public final class KafkaUnavailableException extends RuntimeException implements ForUser {

  private static final long serialVersionUID = 1L;

  KafkaUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
