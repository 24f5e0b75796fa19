package io.gapo.core.combine;

import java.util.List;

/**
 * What a combiner decides by.
 *
 * @param gram inner products of the objectives' ascent gradients, shape (M, M)
 * @param meanScores of the batch, one an objective, higher is better
 * @param rollouts in the batch
 * @param memory what the combiner remembered at the version that the step improves; empty at the
 *     first step, and always for methods that learn nothing
 */
public record MeasuredObjectives(
    GramMatrix gram, List<Double> meanScores, int rollouts, List<Double> memory) {

  public MeasuredObjectives {
    meanScores = List.copyOf(meanScores);
    memory = List.copyOf(memory);
    if (meanScores.size() != gram.objectives()) {
      throw new IllegalArgumentException(
          "expected a mean score for each of %s objectives, was %s"
              .formatted(gram.objectives(), meanScores));
    }
    if (rollouts < 1) {
      throw new IllegalArgumentException("rollouts must be >= 1, was " + rollouts);
    }
  }
}
