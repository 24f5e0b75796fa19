package io.gapo.core.step;

import java.util.List;

/**
 * What a batch was like for one objective.
 *
 * @param meanScore higher is better
 * @param nonNegativeShare of rollouts scored at or above 0; for harmlessness this is the harmless
 *     ratio (cost at or below 0)
 * @param loss the surrogate as a loss
 * @param valueLoss of its value head; 0 when advantages are group-relative
 * @param meanSquare of the scores; NaN in records from before it was told
 * @param meanNormalised of the scores on the scale on which they became rewards
 */
public record ObjectiveStatistics(
    String objective,
    double meanScore,
    double nonNegativeShare,
    double loss,
    double valueLoss,
    double meanSquare,
    double meanNormalised) {

  /** The statistics of a batch without rollouts. */
  public static ObjectiveStatistics none(String objective) {
    return new ObjectiveStatistics(objective, 0, 0, 0, 0, 0, 0);
  }

  /**
   * The statistics of the union of batches; all but the losses are means over rollouts.
   *
   * @param ofLosses by what the losses are means over
   */
  static ObjectiveStatistics ofUnion(
      List<ObjectiveStatistics> parts, UnionMean overRollouts, UnionMean ofLosses) {
    return new ObjectiveStatistics(
        parts.get(0).objective,
        overRollouts.of(parts, ObjectiveStatistics::meanScore),
        overRollouts.of(parts, ObjectiveStatistics::nonNegativeShare),
        ofLosses.of(parts, ObjectiveStatistics::loss),
        ofLosses.of(parts, ObjectiveStatistics::valueLoss),
        overRollouts.of(parts, ObjectiveStatistics::meanSquare),
        overRollouts.of(parts, ObjectiveStatistics::meanNormalised));
  }
}
