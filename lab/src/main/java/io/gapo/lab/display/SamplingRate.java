package io.gapo.lab.display;

import java.time.Duration;

/** How fast a count grows, smoothed over some seconds. Not thread-safe. */
final class SamplingRate {

  private static final double SMOOTHING_SECONDS = 5;

  private long lastNanos;
  private long lastCount;
  private double perSecond;

  SamplingRate(long startedNanos) {
    this.lastNanos = startedNanos;
  }

  /** The rate now, in counts a second. */
  double at(long nanos, long count) {
    double seconds = (nanos - lastNanos) / (double) Duration.ofSeconds(1).toNanos();
    if (seconds > 0) {
      double keep = Math.exp(-seconds / SMOOTHING_SECONDS);
      perSecond = keep * perSecond + (1 - keep) * (count - lastCount) / seconds;
      lastNanos = nanos;
      lastCount = count;
    }
    return perSecond;
  }
}
