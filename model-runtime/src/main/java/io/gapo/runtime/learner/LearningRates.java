package io.gapo.runtime.learner;

import io.gapo.core.settings.Bounds;

/**
 * How far a step goes.
 *
 * @param policy its highest learning rate
 * @param valueHeads their highest
 * @param schedule the share of both that each step gets
 */
public record LearningRates(double policy, double valueHeads, LearningRateSchedule schedule) {

  public LearningRates {
    Bounds.positive("learning-rate", policy);
    Bounds.positive("value-learning-rate", valueHeads);
  }
}
