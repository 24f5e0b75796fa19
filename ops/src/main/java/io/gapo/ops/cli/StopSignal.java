package io.gapo.ops.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Turns Ctrl-C and SIGTERM into an orderly end: the command is told to stop, and the JVM waits
 * until it has.
 */
public final class StopSignal implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final CountDownLatch finished = new CountDownLatch(1);
  private final AtomicBoolean raised = new AtomicBoolean();
  private final Thread hook;

  private StopSignal(Runnable stop) {
    this.hook =
        new Thread(
            () -> {
              raised.set(true);
              stop.run();
              awaitEnd();
            },
            "stop-signal");
  }

  /**
   * Listens until closed.
   *
   * @param stop makes the command end soon; called at most once, on another thread
   */
  public static StopSignal onInterrupt(Runnable stop) {
    StopSignal signal = new StopSignal(stop);
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  /** Whether the command was told to stop. */
  public boolean isRaised() {
    return raised.get();
  }

  private void awaitEnd() {
    try {
      if (!finished.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println("gapo: gave up waiting for an orderly end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The command has ended: the JVM may end too. */
  @Override
  public void close() {
    finished.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending already, which is why we are here.
      return;
    }
  }
}
