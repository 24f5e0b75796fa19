package io.gapo.core.step;

import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.MeasuredObjectives;
import io.gapo.core.rollout.RolloutReference;
import java.util.List;
import java.util.Optional;

/**
 * From gradient collector to combiner: what is needed to weigh the objectives.
 *
 * @param gram over the layers that weigh the objectives
 * @param fullGram over everything trainable, if this step is audited
 * @param rollouts the batch
 * @param memory what the combiner remembered at the version that the step improves
 */
public record ObjectiveGradients(
    StepId step,
    GramMatrix gram,
    Optional<GramMatrix> fullGram,
    StepStatistics statistics,
    List<RolloutReference> rollouts,
    List<Double> memory) {

  public ObjectiveGradients {
    rollouts = List.copyOf(rollouts);
    memory = List.copyOf(memory);
  }

  /** What the objectives are weighed by. */
  public MeasuredObjectives measured() {
    return measuredBy(gram);
  }

  /** The same by another Gram matrix. */
  MeasuredObjectives measuredBy(GramMatrix other) {
    return new MeasuredObjectives(other, statistics.meanScores(), statistics.rollouts(), memory);
  }
}
