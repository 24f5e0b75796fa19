package io.gapo.core.step;

import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.MeasuredObjectives;
import io.gapo.core.rollout.RolloutReference;
import java.util.List;

/**
 * From gradient collector to combiner: what is needed to weigh the objectives.
 *
 * @param rollouts the batch
 * @param memory what the combiner remembered at the version that the step improves
 */
public record ObjectiveGradients(
    StepId step,
    GramMatrix gram,
    StepStatistics statistics,
    List<RolloutReference> rollouts,
    List<Double> memory) {

  public ObjectiveGradients {
    rollouts = List.copyOf(rollouts);
    memory = List.copyOf(memory);
  }

  /** What the objectives are weighed by. */
  public MeasuredObjectives measured() {
    return new MeasuredObjectives(gram, statistics.meanScores(), statistics.rollouts(), memory);
  }
}
