package io.gapo.objectives.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Lets time pass at once, and writes down how much. */
final class WaitsOnPaper implements Waits {

  private final List<Duration> pauses = new ArrayList<>();
  private long now;

  @Override
  public synchronized long nanos() {
    return now;
  }

  @Override
  public synchronized void pause(Duration duration) {
    pauses.add(duration);
    now += duration.toNanos();
  }

  synchronized List<Duration> pauses() {
    return List.copyOf(pauses);
  }
}
