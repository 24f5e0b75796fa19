package io.gapo.core.step;

import io.gapo.core.combine.GramMatrix;

/**
 * What a collector's batch is of the union of all collectors' batches that a direction was chosen
 * for.
 *
 * @param ofPart the collector's own Gram matrix: names the measurement that is answered
 * @param parts batches in the union, one a collector that had rollouts
 * @param rollouts in the union
 * @param responseTokens in the union
 */
public record BatchUnion(GramMatrix ofPart, int parts, int rollouts, long responseTokens) {

  public BatchUnion {
    if (parts < 1 || rollouts < parts || responseTokens < 1) {
      throw new IllegalArgumentException(
          "a union of batches has rollouts and response tokens, was %s batches, %s and %s"
              .formatted(parts, rollouts, responseTokens));
    }
  }

  /** The share of a batch in the union. */
  BatchShare shareOf(StepStatistics part) {
    return part.shareOf(rollouts, responseTokens);
  }
}
