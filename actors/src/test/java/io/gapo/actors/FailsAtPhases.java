package io.gapo.actors;

import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import java.time.Duration;

/** A meter that cannot take this one phase. */
public record FailsAtPhases(String failing) implements PipelineListener {

  @Override
  public void phase(Stage stage, String phase, Duration duration) {
    if (phase.equals(failing)) {
      throw new IllegalArgumentException("cannot time " + phase);
    }
  }
}
