package io.gapo.objectives.http;

import io.gapo.core.settings.DurationText;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spares a service that is down: after some failures in a row, one try at a time may go out, each a
 * pause after the last, until one succeeds. The others wait; nothing is given up by that.
 */
final class Circuit {

  private static final Logger log = LoggerFactory.getLogger(Circuit.class);

  private final String service;
  private final int limit;
  private final Duration pause;
  private final Waits waits;
  private int failures;
  private long nextTry;

  /**
   * @param service its name in the log
   * @param limit failures in a row that open it
   * @param pause between two tries while it is open
   */
  Circuit(String service, int limit, Duration pause, Waits waits) {
    this.service = service;
    this.limit = limit;
    this.pause = pause;
    this.waits = waits;
  }

  /** Returns when a try may go out. */
  void await() throws InterruptedException {
    Duration wait = untilNextTry();
    while (!wait.isZero()) {
      waits.pause(wait);
      wait = untilNextTry();
    }
  }

  private synchronized Duration untilNextTry() {
    if (failures < limit) {
      return Duration.ZERO;
    }
    long now = waits.nanos();
    if (now - nextTry < 0) {
      return Duration.ofNanos(nextTry - now);
    }
    nextTry = now + pause.toNanos();
    return Duration.ZERO;
  }

  synchronized boolean isOpen() {
    return failures >= limit;
  }

  synchronized void succeeded() {
    if (failures >= limit) {
      log.info("{} answers again", service);
    }
    failures = 0;
  }

  synchronized void failed(String reason) {
    failures++;
    if (failures == limit) {
      log.warn(
          "{} failed {} times in a row and is tried every {} from now on: {}",
          service,
          failures,
          DurationText.of(pause),
          reason);
    }
    if (failures >= limit) {
      nextTry = waits.nanos() + pause.toNanos();
    }
  }
}
