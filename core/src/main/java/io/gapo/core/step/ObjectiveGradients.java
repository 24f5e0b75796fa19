package io.gapo.core.step;

import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.LinearGradients;
import io.gapo.core.combine.MeasuredObjectives;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.rollout.RolloutReference;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * From gradient collector to combiner: what is needed to weigh the objectives.
 *
 * @param gram over the layers that weigh the objectives
 * @param fullGram over everything trainable, if this step is audited
 * @param rollouts the batch
 * @param memory what the combiner remembered at the version that the step improves
 * @param linear the gradients that {@code gram} is of, where several collectors' are added
 */
public record ObjectiveGradients(
    StepId step,
    GramMatrix gram,
    Optional<GramMatrix> fullGram,
    StepStatistics statistics,
    List<RolloutReference> rollouts,
    MethodMemory memory,
    Optional<LinearGradients> linear) {

  public ObjectiveGradients {
    rollouts = List.copyOf(rollouts);
  }

  /** Of a collector that makes the step alone. */
  public ObjectiveGradients(
      StepId step,
      GramMatrix gram,
      Optional<GramMatrix> fullGram,
      StepStatistics statistics,
      List<RolloutReference> rollouts,
      MethodMemory memory) {
    this(step, gram, fullGram, statistics, rollouts, memory, Optional.empty());
  }

  /**
   * Of a collector that has no rollouts for this step, which the others need not wait for.
   *
   * @param objectives in the run's order
   */
  public static ObjectiveGradients abstention(StepId step, List<String> objectives) {
    int m = objectives.size();
    List<Double> zeros = Collections.nCopies(m, 0.0);
    return new ObjectiveGradients(
        step,
        GramMatrix.of(new double[m][m]),
        Optional.empty(),
        new StepStatistics(
            objectives, zeros, zeros, zeros, zeros, 0, 0, 0, 0, 0, 0, 0, 0, 0, Map.of()),
        List.of(),
        MethodMemory.NONE);
  }

  /** Whether there is nothing in it. */
  public boolean isAbstention() {
    return statistics.rollouts() == 0;
  }

  /**
   * Those of the union of several collectors' batches.
   *
   * @param parts one a collector, at least one, each with gradients that can be added
   * @return named after the first
   */
  static ObjectiveGradients union(List<ObjectiveGradients> parts) {
    ObjectiveGradients first = parts.get(0);
    StepStatistics statistics =
        StepStatistics.of(parts.stream().map(ObjectiveGradients::statistics).toList());
    double[] shares =
        parts.stream()
            .mapToDouble(part -> (double) part.statistics.rollouts() / statistics.rollouts())
            .toArray();
    return new ObjectiveGradients(
        first.step,
        LinearGradients.gramOfUnion(
            parts.stream().map(part -> part.linear.orElseThrow()).toList(), shares),
        Optional.empty(),
        statistics,
        parts.stream().flatMap(part -> part.rollouts.stream()).toList(),
        first.memory);
  }

  /** What the objectives are weighed by. */
  public MeasuredObjectives measured() {
    return measuredBy(gram);
  }

  /** The same by another Gram matrix. */
  MeasuredObjectives measuredBy(GramMatrix other) {
    return MeasuredObjectives.ofAll(
        statistics.objectives(), other, statistics.meanScores(), statistics.rollouts(), memory);
  }
}
