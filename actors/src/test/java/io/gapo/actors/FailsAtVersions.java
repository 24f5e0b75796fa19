package io.gapo.actors;

import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.PipelineListener;

/** A meter that cannot take any adopted version. */
public record FailsAtVersions() implements PipelineListener {

  @Override
  public void versionAdopted(String stage, PolicyVersion version) {
    throw new IllegalStateException("cannot count versions");
  }
}
