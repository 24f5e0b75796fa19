package io.gapo.streams.scorer;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * How often to try again what failed.
 *
 * @param attempts in all, before a record is given up
 * @param minPause after the first failure; doubled with each further one
 * @param maxPause never longer than this
 */
public record Retries(int attempts, Duration minPause, Duration maxPause) {

  private static final int MOST_DOUBLINGS = 20;

  public Retries {
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts must be >= 1, was " + attempts);
    }
    if (minPause.isNegative() || maxPause.compareTo(minPause) < 0) {
      throw new IllegalArgumentException(
          "pauses must be >= 0 and rise, was %s and %s".formatted(minPause, maxPause));
    }
  }

  /** Completes when it is time to try again. */
  CompletionStage<Void> pause(int failures) {
    Duration pause = minPause.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
    Duration bounded = pause.compareTo(maxPause) < 0 ? pause : maxPause;
    Executor later =
        CompletableFuture.delayedExecutor(bounded.toMillis(), TimeUnit.MILLISECONDS, Runnable::run);
    return CompletableFuture.runAsync(() -> {}, later);
  }
}
