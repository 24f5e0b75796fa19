package io.gapo.lab.report;

import java.util.Map;

/**
 * A run as it is kept in a file, so that a comparison can resume where it stopped.
 *
 * @param madeWith everything that determines the result, as text, by setting or option
 */
public record KeptRun(Map<String, String> madeWith, RunResult run) {

  public KeptRun {
    madeWith = Ordered.copyOf(madeWith);
  }
}
