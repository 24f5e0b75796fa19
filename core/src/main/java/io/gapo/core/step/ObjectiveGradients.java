package io.gapo.core.step;

import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.LinearGradients;
import io.gapo.core.combine.MeasuredObjectives;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.rollout.RolloutReference;
import java.util.List;
import java.util.Optional;

/**
 * Sent from a gradient collector to the combiner: what is needed to weigh the objectives.
 *
 * @param rollouts the batch
 * @param memory what the combiner remembered at the version that the step improves
 */
public record ObjectiveGradients(
    StepId step, MeasuredBatch measured, List<RolloutReference> rollouts, MethodMemory memory) {

  public ObjectiveGradients {
    rollouts = List.copyOf(rollouts);
  }

  /**
   * What a collector sends that has no rollouts for this step, so that the others need not wait.
   *
   * @param objectives in the run's order
   */
  public static ObjectiveGradients abstention(StepId step, List<String> objectives) {
    int m = objectives.size();
    return new ObjectiveGradients(
        step,
        new MeasuredBatch(
            GramMatrix.of(new double[m][m]),
            Optional.empty(),
            StepStatistics.none(objectives),
            Optional.empty()),
        List.of(),
        MethodMemory.NONE);
  }

  /** Whether the batch has no rollouts. */
  public boolean isAbstention() {
    return statistics().rollouts() == 0;
  }

  /** The Gram matrix over the layers that weigh the objectives. */
  public GramMatrix gram() {
    return measured.gram();
  }

  /** Statistics of the batch. */
  public StepStatistics statistics() {
    return measured.statistics();
  }

  /**
   * The gradients of the union of several collectors' batches.
   *
   * @param parts one a collector, at least one, each with gradients that can be added
   * @return named after the first
   */
  static ObjectiveGradients union(List<ObjectiveGradients> parts) {
    ObjectiveGradients first = parts.get(0);
    StepStatistics statistics =
        StepStatistics.of(parts.stream().map(ObjectiveGradients::statistics).toList());
    double[] shares =
        parts.stream().mapToDouble(part -> part.statistics().lossShareOf(statistics)).toArray();
    GramMatrix gram =
        LinearGradients.gramOfUnion(
            parts.stream().map(part -> part.measured.linear().orElseThrow()).toList(), shares);
    return new ObjectiveGradients(
        first.step,
        new MeasuredBatch(gram, Optional.empty(), statistics, Optional.empty()),
        parts.stream().flatMap(part -> part.rollouts.stream()).toList(),
        first.memory);
  }

  /** What the objectives are weighed by. */
  public MeasuredObjectives weighedBy() {
    return weighedBy(gram());
  }

  /** The objectives measured by another Gram matrix. */
  MeasuredObjectives weighedBy(GramMatrix other) {
    return MeasuredObjectives.ofAll(
            statistics().objectives(),
            other,
            statistics().meanScores(),
            statistics().rollouts(),
            memory)
        .withViolations(statistics().violations());
  }
}
