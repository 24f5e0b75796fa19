package io.gapo.core.ppo;

import java.util.List;

/**
 * Says whether an objective's scores tell a batch's responses apart, or only differ, if they differ
 * at all, by what the numbers cannot carry.
 *
 * <p>Where they do not tell them apart, what is left of the objective's advantages is rounding, the
 * KL penalty and the value head's error. Methods that compare directions would scale that up to the
 * length of a real gradient: the first makes half of the step noise, the second gives the penalty,
 * which all objectives share, a weight that nobody asked for. Its own direction is none.
 *
 * @param scores differences below this share of the largest score are rounding
 * @param logProbs by how much a token's log-probability differs, in nats, between the sampler and
 *     the learner of one policy
 */
public record ScoreResolution(double scores, double logProbs) {

  /** A score that a model wrote is exact to about two units in the last place of its precision. */
  private static final double ROUNDINGS_OF_A_SCORE = 4;

  /** Sampler and learner sum up in other orders: in single precision they are 1e-6 nats apart. */
  private static final double ROUNDINGS_OF_A_LOG_PROBABILITY = 16;

  public ScoreResolution {
    if (!(scores >= 0 && scores < 1 && logProbs >= 0 && Double.isFinite(logProbs))) {
      throw new IllegalArgumentException(
          "expected a share below 1 and nats, was %s and %s".formatted(scores, logProbs));
    }
  }

  /**
   * The resolution of models that compute with {@code bits} bits of significand, the hidden one
   * included: 24 in single precision, 11 in float16, 8 in bfloat16.
   */
  public static ScoreResolution ofSignificand(int bits) {
    double roundoff = Math.scalb(1.0, -bits);
    return new ScoreResolution(
        ROUNDINGS_OF_A_SCORE * roundoff, ROUNDINGS_OF_A_LOG_PROBABILITY * roundoff);
  }

  /**
   * Whether scores differ by more than rounding among responses that are compared with each other,
   * and by more than the noise of the penalty that is added to them.
   *
   * @param groups scores as they enter the rewards; each of responses that are compared
   * @param klCoefficient β of the penalty inside the rewards
   * @param tokens of the longest response: the penalty's noise grows with their root
   */
  public boolean tellsApart(List<double[]> groups, double klCoefficient, int tokens) {
    double largest = 0;
    double widest = 0;
    for (double[] group : groups) {
      double lowest = Double.POSITIVE_INFINITY;
      double highest = Double.NEGATIVE_INFINITY;
      for (double score : group) {
        lowest = Math.min(lowest, score);
        highest = Math.max(highest, score);
        largest = Math.max(largest, Math.abs(score));
      }
      widest = Math.max(widest, highest - lowest);
    }
    double noise = scores * largest + klCoefficient * logProbs * Math.sqrt(tokens);
    // NaN is no rounding: whoever trains on it is to notice.
    return !(widest <= noise);
  }
}
