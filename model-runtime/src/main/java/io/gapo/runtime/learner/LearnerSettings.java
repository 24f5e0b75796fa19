package io.gapo.runtime.learner;

import io.gapo.core.settings.Bounds;
import java.util.List;

/**
 * How a policy is updated and kept.
 *
 * @param objectives each has a value head
 * @param checkpointsKept the newest few
 */
public record LearnerSettings(
    List<String> objectives, LearningRates rates, AdamWSettings adamW, int checkpointsKept) {

  public LearnerSettings {
    objectives = List.copyOf(objectives);
    Bounds.atLeast("checkpoints-kept", checkpointsKept, 1);
  }
}
