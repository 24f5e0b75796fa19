package io.gapo.actors;

import io.gapo.core.rollout.PolicyVersion;
import io.gapo.core.telemetry.PipelineListener;

/** A meter that cannot take any adopted version. */
record FailsAtVersions() implements PipelineListener {

  @Override
  public void versionAdopted(String stage, PolicyVersion version) {
    throw new IllegalStateException("cannot count versions");
  }
}
