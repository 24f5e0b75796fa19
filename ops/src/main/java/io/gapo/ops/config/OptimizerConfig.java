package io.gapo.ops.config;

import com.typesafe.config.Config;
import io.gapo.runtime.learner.AdamWSettings;
import io.gapo.runtime.learner.LearnerSettings;
import io.gapo.runtime.learner.LearningRateSchedule;
import io.gapo.runtime.learner.LearningRateSchedule.Shape;
import io.gapo.runtime.learner.LearningRates;
import java.util.List;

/**
 * How the policy is updated: most of it is under {@code gapo.training.optimizer}; units and
 * defaults are in reference.conf.
 *
 * @param checkpointDirectory may be empty where there is no optimizer
 */
public record OptimizerConfig(LearnerSettings learner, String checkpointDirectory) {

  private static final double ADAM_EPSILON = 1e-8;

  static OptimizerConfig from(Config root, List<String> objectives) {
    Block training = Block.of(root, "gapo.training");
    Block optimizer = training.block("optimizer");
    LearningRates rates = rates(optimizer);
    AdamWSettings adamW = adamW(optimizer);
    return new OptimizerConfig(
        training.make(
            () ->
                new LearnerSettings(
                    objectives, rates, adamW, training.wholeNumber("checkpoints-kept"))),
        training.text("checkpoint-directory"));
  }

  private static LearningRates rates(Block optimizer) {
    Shape shape = optimizer.oneOf("schedule", Shape.class);
    return optimizer.make(
        () ->
            new LearningRates(
                optimizer.number("learning-rate"),
                optimizer.number("value-learning-rate"),
                new LearningRateSchedule(
                    shape,
                    optimizer.wholeNumber("warmup-steps"),
                    optimizer.wholeNumber("total-steps"),
                    shape == Shape.COSINE ? 0 : 1)));
  }

  private static AdamWSettings adamW(Block optimizer) {
    List<Double> betas = optimizer.numbers("betas");
    if (betas.size() != 2) {
      throw optimizer.refusal("betas", "must be two numbers from 0 to below 1, was " + betas);
    }
    return optimizer.make(
        () ->
            new AdamWSettings(
                betas.get(0),
                betas.get(1),
                ADAM_EPSILON,
                optimizer.number("weight-decay"),
                optimizer.number("max-gradient-norm")));
  }
}
