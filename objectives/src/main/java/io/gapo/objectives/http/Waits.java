package io.gapo.objectives.http;

import java.time.Duration;

/** Time as retries need it. */
interface Waits {

  /** Real time. */
  Waits REAL =
      new Waits() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public void pause(Duration duration) throws InterruptedException {
          Thread.sleep(duration.toMillis(), duration.toNanosPart() % 1_000_000);
        }
      };

  /** A clock that only goes forward, in nanoseconds. */
  long nanos();

  /** Returns when so much time has passed. */
  void pause(Duration duration) throws InterruptedException;
}
