package io.gapo.core.ppo;

/**
 * Mean and deviation of an objective's scores, over steps of which each counts less than the next.
 *
 * @param weight rollouts that they are over, those of earlier steps in part; 0 if nothing is known
 * @param mean of the scores
 * @param meanSquare of the scores
 */
public record ScoreMoments(double weight, double mean, double meanSquare) {

  public static final ScoreMoments NONE = new ScoreMoments(0, 0, 0);

  /**
   * Deviations below this share of the mean are rounding: the difference of two squares carries no
   * more than half of double precision's digits.
   */
  private static final double RESOLUTION = 1e-6;

  /** Those of a batch that has at least one score. */
  public static ScoreMoments of(double[] scores) {
    double sum = 0;
    double squares = 0;
    for (double score : scores) {
      sum += score;
      squares += score * score;
    }
    return new ScoreMoments(scores.length, sum / scores.length, squares / scores.length);
  }

  /**
   * These and a further batch's.
   *
   * @param kept share that everything before still counts, 0 to 1
   */
  public ScoreMoments and(ScoreMoments batch, double kept) {
    double before = kept * weight;
    double sum = before + batch.weight;
    return new ScoreMoments(
        sum,
        (before * mean + batch.weight * batch.mean) / sum,
        (before * meanSquare + batch.weight * batch.meanSquare) / sum);
  }

  /** The standard deviation; 0 where it is no more than rounding. */
  public double deviation() {
    double deviation = Math.sqrt(Math.max(0, meanSquare - mean * mean));
    return deviation > RESOLUTION * Math.abs(mean) ? deviation : 0;
  }
}
