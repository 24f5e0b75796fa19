package io.gapo.core.flow;

import io.gapo.core.settings.Bounds;
import io.gapo.core.settings.DurationText;
import java.time.Duration;

/**
 * How long to wait before trying again what failed.
 *
 * @param min after the first failure; doubled with each further one
 * @param max never longer than this
 */
public record Backoff(Duration min, Duration max) {

  private static final int MOST_DOUBLINGS = 20;

  public Backoff {
    Bounds.positive("min-backoff", min);
    Bounds.require(
        max.compareTo(min) >= 0,
        "max-backoff",
        "at least min-backoff (%s)".formatted(DurationText.of(min)),
        DurationText.of(max));
  }

  /** The pause after {@code failures} failures in a row. */
  public Duration pause(int failures) {
    int doublings = Math.max(0, Math.min(failures - 1, MOST_DOUBLINGS));
    Duration pause = min.multipliedBy(1L << doublings);
    return pause.compareTo(max) < 0 ? pause : max;
  }
}
