package io.gapo.lab.training;

import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.learner.AdamWSettings;

/**
 * How a model is trained on examples.
 *
 * @param epochs how often every example is seen
 * @param batchSize examples a step
 * @param learningRate the highest; a cosine leads from it to zero
 * @param warmUpShare of all steps, in which the learning rate rises
 * @param seed of the initial weights and the order of examples
 * @param stored element type that the result is stored in
 */
public record TrainingSettings(
    int epochs,
    int batchSize,
    double learningRate,
    double warmUpShare,
    AdamWSettings adamW,
    long seed,
    DataType stored) {

  public TrainingSettings {
    if (epochs < 1) {
      throw new IllegalArgumentException("epochs must be >= 1, was " + epochs);
    }
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch size must be >= 1, was " + batchSize);
    }
    if (!(learningRate > 0 && Double.isFinite(learningRate))) {
      throw new IllegalArgumentException("learning rate must be > 0, was " + learningRate);
    }
    if (!(warmUpShare >= 0 && warmUpShare < 1)) {
      throw new IllegalArgumentException("warm-up share must be in [0, 1), was " + warmUpShare);
    }
  }
}
