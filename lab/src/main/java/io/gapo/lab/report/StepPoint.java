package io.gapo.lab.report;

import java.util.Map;

/**
 * One training step of a run.
 *
 * @param step optimizer steps so far, from 1
 * @param meanScores of the step's rollouts, by objective
 * @param alpha the combiner's share of every objective, by objective
 * @param cosine between the gradients of the first two objectives; NaN where one of them is zero
 * @param kl of the step's rollouts to the reference policy, in nats
 * @param staleness of the step's rollouts, in versions
 */
public record StepPoint(
    long step,
    Map<String, Double> meanScores,
    Map<String, Double> alpha,
    double cosine,
    double kl,
    double staleness) {

  public StepPoint {
    if (step < 0) {
      throw new IllegalArgumentException("step must be >= 0, was " + step);
    }
    meanScores = Ordered.copyOf(meanScores);
    alpha = Ordered.copyOf(alpha);
  }
}
