package io.gapo.runtime.learner;

import io.gapo.core.settings.Bounds;

/**
 * The learning rate of each optimizer step, as a share of the highest.
 *
 * @param shape after the warm-up
 * @param warmUpSteps over which the rate rises linearly to the highest; 0 for none
 * @param totalSteps after which a cosine has reached its end and stays there
 * @param finalShare of the highest rate, where a cosine ends
 */
public record LearningRateSchedule(
    Shape shape, long warmUpSteps, long totalSteps, double finalShare) {

  /** How the rate continues after the warm-up. */
  public enum Shape {
    /** Stays at the highest. */
    CONSTANT,
    /** Falls along half a cosine. */
    COSINE
  }

  public LearningRateSchedule {
    Bounds.atLeast("warmup-steps", warmUpSteps, 0);
    Bounds.atLeast("total-steps", totalSteps, 1);
    Bounds.require(
        shape == Shape.CONSTANT || warmUpSteps < totalSteps,
        "warmup-steps",
        "< total-steps (%s)".formatted(totalSteps),
        warmUpSteps);
    if (!(finalShare >= 0 && finalShare <= 1)) {
      throw new IllegalArgumentException("final share must be in [0, 1], was " + finalShare);
    }
  }

  /** The highest rate from the first step on. */
  public static LearningRateSchedule constant() {
    return new LearningRateSchedule(Shape.CONSTANT, 0, 1, 1);
  }

  /** Up to the highest rate in {@code warmUpSteps}, down to zero at {@code totalSteps}. */
  public static LearningRateSchedule cosine(long warmUpSteps, long totalSteps) {
    return new LearningRateSchedule(Shape.COSINE, warmUpSteps, totalSteps, 0);
  }

  /**
   * The share of the highest rate that a step gets, in [0, 1].
   *
   * @param step from 0
   */
  public double share(long step) {
    if (step < warmUpSteps) {
      return (step + 1.0) / warmUpSteps;
    }
    if (shape == Shape.CONSTANT) {
      return 1;
    }
    double progress = Math.min(1.0, (double) (step - warmUpSteps) / (totalSteps - warmUpSteps));
    return finalShare + (1 - finalShare) * 0.5 * (1 + Math.cos(Math.PI * progress));
  }
}
