package io.gapo.actors;

import io.gapo.core.port.PipelineListener;
import java.time.Duration;

/** A meter that cannot take this one phase. */
public record FailsAtPhases(String failing) implements PipelineListener {

  @Override
  public void phase(String stage, String phase, Duration duration) {
    if (phase.equals(failing)) {
      throw new IllegalArgumentException("cannot time " + phase);
    }
  }
}
