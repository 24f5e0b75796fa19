package io.gapo.ops.config;

import com.typesafe.config.Config;
import java.util.List;

/** Settings under {@code gapo.training.optimizer}; units and defaults are in reference.conf. */
public record OptimizerConfig(
    double learningRate,
    double valueLearningRate,
    Schedule schedule,
    int warmupSteps,
    int totalSteps,
    double beta1,
    double beta2,
    double weightDecay,
    double maxGradientNorm) {

  /** How the learning rate goes on after the warm-up. */
  public enum Schedule {
    CONSTANT,
    COSINE
  }

  public OptimizerConfig {
    Check.positive("gapo.training.optimizer.learning-rate", learningRate);
    Check.positive("gapo.training.optimizer.value-learning-rate", valueLearningRate);
    Check.atLeast("gapo.training.optimizer.warmup-steps", warmupSteps, 0);
    Check.atLeast("gapo.training.optimizer.total-steps", totalSteps, 1);
    if (schedule == Schedule.COSINE && warmupSteps >= totalSteps) {
      throw new ConfigurationException(
          "gapo.training.optimizer.warmup-steps must be < total-steps (%s), was %s"
              .formatted(totalSteps, warmupSteps));
    }
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
      throw new ConfigurationException(
          "gapo.training.optimizer.betas must be two numbers from 0 to below 1, was [%s, %s]"
              .formatted(beta1, beta2));
    }
    Check.notNegative("gapo.training.optimizer.weight-decay", weightDecay);
    Check.positive("gapo.training.optimizer.max-gradient-norm", maxGradientNorm);
  }

  static OptimizerConfig from(Config root) {
    List<Double> betas = root.getDoubleList("gapo.training.optimizer.betas");
    if (betas.size() != 2) {
      throw new ConfigurationException(
          "gapo.training.optimizer.betas must be two numbers from 0 to below 1, was " + betas);
    }
    return new OptimizerConfig(
        root.getDouble("gapo.training.optimizer.learning-rate"),
        root.getDouble("gapo.training.optimizer.value-learning-rate"),
        Check.oneOf(
            "gapo.training.optimizer.schedule",
            root.getString("gapo.training.optimizer.schedule"),
            Schedule.class),
        WholeNumber.intAt(root, "gapo.training.optimizer.warmup-steps"),
        WholeNumber.intAt(root, "gapo.training.optimizer.total-steps"),
        betas.get(0),
        betas.get(1),
        root.getDouble("gapo.training.optimizer.weight-decay"),
        root.getDouble("gapo.training.optimizer.max-gradient-norm"));
  }
}
