package io.gapo.ops.config;

import com.typesafe.config.Config;
import io.gapo.core.flow.AdmissionQuota;
import io.gapo.core.flow.StalenessLimit;
import io.gapo.runtime.learning.KlPlacement;

/**
 * Settings under {@code gapo.training}; units and defaults are in reference.conf.
 *
 * @param checkpointDirectory may be empty where there is no optimizer
 */
public record TrainingConfig(
    int batchSize,
    int maxStaleness,
    int collectors,
    GradientSumConfig gradientSum,
    Advantage advantage,
    boolean whitened,
    double gaeGamma,
    double gaeLambda,
    double clipRange,
    double valueClip,
    double klCoefficient,
    KlPlacement klPlacement,
    double klBound,
    double rewardClamp,
    OptimizerConfig optimizer,
    String checkpointDirectory,
    int checkpointsKept,
    int microBatchTokens) {

  /** How advantages are estimated. */
  public enum Advantage {
    GAE,
    GROUP_RELATIVE
  }

  public TrainingConfig {
    Check.atLeast("gapo.training.batch-size", batchSize, 1);
    Check.atLeast("gapo.training.max-staleness", maxStaleness, 0);
    Check.atLeast("gapo.training.collectors", collectors, 1);
    Check.fraction("gapo.training.gae.gamma", gaeGamma);
    Check.fraction("gapo.training.gae.lambda", gaeLambda);
    Check.properFraction("gapo.training.clip-range", clipRange);
    Check.positive("gapo.training.value-clip", valueClip);
    Check.notNegative("gapo.training.kl-coefficient", klCoefficient);
    Check.positive("gapo.training.kl-bound", klBound);
    Check.positive("gapo.training.reward-clamp", rewardClamp);
    Check.atLeast("gapo.training.checkpoints-kept", checkpointsKept, 1);
    Check.atLeast("gapo.training.micro-batch-tokens", microBatchTokens, 1);
  }

  static TrainingConfig from(Config root) {
    return new TrainingConfig(
        WholeNumber.intAt(root, "gapo.training.batch-size"),
        WholeNumber.intAt(root, "gapo.training.max-staleness"),
        WholeNumber.intAt(root, "gapo.training.collectors"),
        GradientSumConfig.from(root),
        Check.oneOf(
            "gapo.training.advantage", root.getString("gapo.training.advantage"), Advantage.class),
        root.getBoolean("gapo.training.whiten-advantages"),
        root.getDouble("gapo.training.gae.gamma"),
        root.getDouble("gapo.training.gae.lambda"),
        root.getDouble("gapo.training.clip-range"),
        root.getDouble("gapo.training.value-clip"),
        root.getDouble("gapo.training.kl-coefficient"),
        Check.oneOf(
            "gapo.training.kl-placement",
            root.getString("gapo.training.kl-placement"),
            KlPlacement.class),
        root.getDouble("gapo.training.kl-bound"),
        root.getDouble("gapo.training.reward-clamp"),
        OptimizerConfig.from(root),
        root.getString("gapo.training.checkpoint-directory"),
        WholeNumber.intAt(root, "gapo.training.checkpoints-kept"),
        WholeNumber.intAt(root, "gapo.training.micro-batch-tokens"));
  }

  /** The limit on {@link #maxStaleness}. */
  public StalenessLimit stalenessLimit() {
    return new StalenessLimit(maxStaleness);
  }

  /** How far sampling may run ahead of training. */
  public AdmissionQuota admissionQuota() {
    return new AdmissionQuota(Math.multiplyExact(collectors, batchSize), stalenessLimit());
  }
}
