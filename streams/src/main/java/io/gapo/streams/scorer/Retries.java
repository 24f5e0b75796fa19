package io.gapo.streams.scorer;

import io.gapo.core.flow.Backoff;
import io.gapo.core.settings.Bounds;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * How often to try again what failed.
 *
 * @param attempts in all, before a record is given up
 * @param backoff between two of them
 */
public record Retries(int attempts, Backoff backoff) {

  public Retries {
    Bounds.atLeast("attempts", attempts, 1);
  }

  /** Completes when it is time to try again. */
  CompletionStage<Void> pause(int failures) {
    Executor later =
        CompletableFuture.delayedExecutor(
            backoff.pause(failures).toMillis(), TimeUnit.MILLISECONDS, Runnable::run);
    return CompletableFuture.runAsync(() -> {}, later);
  }
}
