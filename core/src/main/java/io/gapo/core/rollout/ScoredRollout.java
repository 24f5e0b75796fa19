package io.gapo.core.rollout;

import java.util.Arrays;

/**
 * A rollout with the scores of all objectives.
 *
 * @param scores shape (M), in the order of the run's objectives; copied on the way in
 * @param normalised the same on the scales on which they become rewards; copied on the way in
 */
public record ScoredRollout(Rollout rollout, double[] scores, double[] normalised) {

  public ScoredRollout {
    scores = scores.clone();
    normalised = normalised.clone();
    if (scores.length == 0 || scores.length != normalised.length) {
      throw new IllegalArgumentException(
          "a scored rollout needs at least one score, and as many normalised ones, was %s and %s"
              .formatted(scores.length, normalised.length));
    }
  }

  /** One whose scores become rewards as they are. */
  public ScoredRollout(Rollout rollout, double[] scores) {
    this(rollout, scores, scores);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ScoredRollout that
        && rollout.equals(that.rollout)
        && Arrays.equals(scores, that.scores)
        && Arrays.equals(normalised, that.normalised);
  }

  @Override
  public int hashCode() {
    return rollout.hashCode();
  }
}
