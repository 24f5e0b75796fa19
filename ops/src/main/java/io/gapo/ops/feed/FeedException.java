package io.gapo.ops.feed;

import io.gapo.core.port.ForUser;

/** Kafka stopped taking prompts; the message says how many it took. */
public final class FeedException extends RuntimeException implements ForUser {

  private static final long serialVersionUID = 1L;

  FeedException(LineFeed.Report report, Throwable cause) {
    super(
        "Kafka stopped taking prompts after %s: %s. Feeding the file again is harmless where prompts have ids"
            .formatted(report.accepted(), cause.getMessage()),
        cause);
  }
}
