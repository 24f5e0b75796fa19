package io.gapo.broker;

import io.gapo.core.port.ForUser;
import org.jspecify.annotations.Nullable;

/** The embedded broker cannot start; the message says why and how to fix it. */
public final class BrokerStartException extends RuntimeException implements ForUser {

  private static final long serialVersionUID = 1L;

  BrokerStartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
