package io.gapo.actors.support;

import akka.Done;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import java.time.Duration;
import java.util.function.Supplier;

/** Tells the listener how long a stage works and how long it has nothing that it could do. */
public final class IdleClock {

  private final Stage stage;
  private final PipelineListener listener;
  private long idleSince = System.nanoTime();
  private Duration lastWork = Duration.ZERO;

  public IdleClock(Stage stage, PipelineListener listener) {
    this.stage = stage;
    this.listener = listener;
  }

  /**
   * Does some work; the time since the last work was idle. Throws what the work throws.
   *
   * @throws ListenerFailedException if the listener failed and the work did not: callers that blame
   *     the work for other exceptions must not blame it for this one
   */
  public <T> T call(String phase, Supplier<T> work) {
    long start = System.nanoTime();
    tell(() -> listener.waited(stage, Duration.ofNanos(start - idleSince)));
    T result;
    try {
      result = work.get();
    } catch (RuntimeException e) {
      try {
        ended(phase, start);
      } catch (ListenerFailedException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
    ended(phase, start);
    return result;
  }

  private void ended(String phase, long start) {
    idleSince = System.nanoTime();
    lastWork = Duration.ofNanos(idleSince - start);
    tell(() -> listener.phase(stage, phase, lastWork));
  }

  private void tell(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException e) {
      throw new ListenerFailedException(stage, e);
    }
  }

  /** Does some work that has no result. */
  public void run(String phase, Runnable work) {
    call(
        phase,
        () -> {
          work.run();
          return Done.getInstance();
        });
  }

  /** How long the work done last took. */
  public Duration lastWork() {
    return lastWork;
  }
}
