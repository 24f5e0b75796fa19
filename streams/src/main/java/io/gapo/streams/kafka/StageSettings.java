package io.gapo.streams.kafka;

import io.gapo.core.flow.Backoff;
import io.gapo.core.settings.Bounds;
import java.time.Duration;

/**
 * How a stage starts again and ends.
 *
 * @param backoff before a stream that failed starts again
 * @param drainTimeout how long work that has begun may take to end when a stage is drained
 */
public record StageSettings(Backoff backoff, Duration drainTimeout) {

  /** A stream that fails more often in a row than this is beyond help. */
  static final int MAX_FAILURES = 10;

  /** A stream that runs for so long and then fails does not fail in a row. */
  static final Duration FAILURE_WINDOW = Duration.ofMinutes(2);

  public StageSettings {
    Bounds.positive("drain-timeout", drainTimeout);
  }
}
