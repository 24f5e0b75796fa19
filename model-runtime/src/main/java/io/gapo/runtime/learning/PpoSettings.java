package io.gapo.runtime.learning;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * PPO as Safe RLHF does it (Dai et al., ICLR 2024), for several objectives at once.
 *
 * <p>The last layer, by which objectives are weighed unless {@code gradientScope} says otherwise,
 * is the output layer over the vocabulary; where it is tied to the embedding, its use as output
 * layer only.
 *
 * @param objectives names, in the order of every rollout's scores
 * @param discount γ, of later rewards
 * @param gaeLambda λ of generalized advantage estimation
 * @param clipRange how far the importance ratio counts on either side of 1
 * @param valueClip how far a value counts from what it was
 * @param klCoefficient β, of the KL penalty
 * @param klPlacement where it acts
 * @param rewardClamp largest absolute reward of a token
 * @param temperature that responses are sampled at
 * @param microBatchTokens tokens, padding included, that go through the model together
 * @param whitened whether each objective's advantages are scaled to mean 0 and deviation 1
 * @param gradientScope layers whose gradients weigh the objectives
 * @param auditEvery policy versions after which one step is also measured over everything
 *     trainable; 0 for never
 * @param preferred whether every rollout carries a preference, and its advantages count by it in
 *     the update, see {@link io.gapo.core.ppo.PreferredAdvantage}
 * @param sum how the gradients go to the combiner where several collectors' are added; empty where
 *     one collector makes every step alone
 */
public record PpoSettings(
    List<String> objectives,
    AdvantageKind advantage,
    double discount,
    double gaeLambda,
    double clipRange,
    double valueClip,
    double klCoefficient,
    KlPlacement klPlacement,
    double rewardClamp,
    double temperature,
    int microBatchTokens,
    boolean whitened,
    GradientScope gradientScope,
    int auditEvery,
    boolean preferred,
    Optional<GradientSum> sum) {

  public PpoSettings {
    objectives = List.copyOf(objectives);
    if (objectives.isEmpty() || new HashSet<>(objectives).size() != objectives.size()) {
      throw new IllegalArgumentException(
          "objectives must be one or more different names, was " + objectives);
    }
    requireShare("discount", discount);
    requireShare("GAE lambda", gaeLambda);
    if (!(clipRange > 0 && clipRange < 1)) {
      throw new IllegalArgumentException("clip range must be in (0, 1), was " + clipRange);
    }
    requirePositive("value clip", valueClip);
    requirePositive("reward clamp", rewardClamp);
    requirePositive("temperature", temperature);
    if (!(klCoefficient >= 0 && Double.isFinite(klCoefficient))) {
      throw new IllegalArgumentException("KL coefficient must be >= 0, was " + klCoefficient);
    }
    if (microBatchTokens < 1) {
      throw new IllegalArgumentException(
          "micro-batch tokens must be >= 1, was " + microBatchTokens);
    }
    if (auditEvery < 0) {
      throw new IllegalArgumentException("audit interval must be >= 0, was " + auditEvery);
    }
    if (sum.isPresent() && (gradientScope != GradientScope.LAST_LAYER || auditEvery > 0)) {
      throw new IllegalArgumentException(
          "gradients of several collectors are added at the last layer only and not audited, was"
              + " scope %s, audit interval %s".formatted(gradientScope, auditEvery));
    }
  }

  /** Safe RLHF's values, at temperature 1. */
  public static PpoSettings of(List<String> objectives) {
    return new PpoSettings(
        objectives,
        AdvantageKind.GENERALIZED,
        1,
        0.95,
        0.2,
        5,
        0.02,
        KlPlacement.INSIDE,
        50,
        1,
        8192,
        false,
        GradientScope.LAST_LAYER,
        0,
        false,
        Optional.empty());
  }

  /** β inside every objective's reward. */
  double klInside() {
    return klPlacement == KlPlacement.INSIDE ? klCoefficient : 0;
  }

  /** β beside the objectives. */
  double klOutside() {
    return klPlacement == KlPlacement.OUTSIDE ? klCoefficient : 0;
  }

  private static void requireShare(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException("%s must be in [0, 1], was %s".formatted(name, value));
    }
  }

  private static void requirePositive(String name, double value) {
    if (!(value > 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException("%s must be > 0, was %s".formatted(name, value));
    }
  }
}
