package io.gapo.runtime.gradients;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** How long each phase of a step takes, in seconds. */
final class PhaseTimes {

  private final Map<String, Double> seconds = new LinkedHashMap<>();

  <T> T time(String phase, Supplier<T> work) {
    long start = System.nanoTime();
    try {
      return work.get();
    } finally {
      seconds.merge(phase, (System.nanoTime() - start) * 1e-9, Double::sum);
    }
  }

  Map<String, Double> seconds() {
    return seconds;
  }
}
