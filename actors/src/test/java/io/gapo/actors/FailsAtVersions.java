package io.gapo.actors;

import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;

/** A meter that cannot take any adopted version. */
public record FailsAtVersions() implements PipelineListener {

  @Override
  public void versionAdopted(Stage stage, PolicyVersion version) {
    throw new IllegalStateException("cannot count versions");
  }
}
