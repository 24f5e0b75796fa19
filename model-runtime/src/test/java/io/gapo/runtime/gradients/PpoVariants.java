package io.gapo.runtime.gradients;

import io.gapo.core.ppo.LossAggregation;
import io.gapo.core.ppo.RatioCorrection;
import io.gapo.runtime.trainable.GradientScope;
import java.util.Optional;

/** Settings that differ from others in one thing. */
final class PpoVariants {

  private PpoVariants() {}

  /** With the KL penalty elsewhere. */
  static PpoSettings withKl(PpoSettings of, KlPlacement placement) {
    return with(
        of,
        of.advantages(),
        new KlPenalty(of.kl().coefficient(), placement, of.kl().estimator()),
        of.comparison(),
        of.preferred());
  }

  /** With tokens that count otherwise in the losses. */
  static PpoSettings withLosses(PpoSettings of, LossSettings losses) {
    return new PpoSettings(
        of.objectives(),
        of.advantages(),
        of.clips(),
        losses,
        of.kl(),
        of.comparison(),
        of.temperature(),
        of.memory(),
        of.preferred());
  }

  /** With another correction of old tokens. */
  static PpoSettings withCorrection(PpoSettings of, RatioCorrection correction) {
    return withLosses(
        of, new LossSettings(correction, of.losses().aggregation(), of.losses().limit()));
  }

  /** With losses that are made of their tokens' otherwise. */
  static PpoSettings withAggregation(PpoSettings of, LossAggregation aggregation) {
    return withLosses(
        of, new LossSettings(of.losses().correction(), aggregation, of.losses().limit()));
  }

  /** With whitened advantages. */
  static PpoSettings whitened(PpoSettings of) {
    AdvantageSettings plain = of.advantages();
    return with(
        of,
        new AdvantageSettings(plain.kind(), plain.gae(), true),
        of.kl(),
        of.comparison(),
        of.preferred());
  }

  /** With bounds that no ratio and no value reaches: the losses are smooth in what is rounded. */
  static PpoSettings unclipped(PpoSettings of) {
    return new PpoSettings(
        of.objectives(),
        of.advantages(),
        new ClipSettings(0.999, 1000, of.clips().rewardClamp()),
        of.losses(),
        of.kl(),
        of.comparison(),
        of.temperature(),
        of.memory(),
        of.preferred());
  }

  /** With the objectives weighed by other layers. */
  static PpoSettings withScope(PpoSettings of, GradientScope scope, int auditEvery) {
    return comparing(of, new GradientComparison(scope, auditEvery, Optional.empty()));
  }

  /** With each rollout's advantages counting by its preference. */
  static PpoSettings preferred(PpoSettings of) {
    return with(of, of.advantages(), of.kl(), of.comparison(), true);
  }

  /** For one of several collectors. */
  static PpoSettings withSum(PpoSettings of, GradientSum sum) {
    return comparing(of, new GradientComparison(GradientScope.LAST_LAYER, 0, Optional.of(sum)));
  }

  private static PpoSettings comparing(PpoSettings of, GradientComparison comparison) {
    return with(of, of.advantages(), of.kl(), comparison, of.preferred());
  }

  private static PpoSettings with(
      PpoSettings of,
      AdvantageSettings advantages,
      KlPenalty kl,
      GradientComparison comparison,
      boolean preferred) {
    return new PpoSettings(
        of.objectives(),
        advantages,
        of.clips(),
        of.losses(),
        kl,
        comparison,
        of.temperature(),
        of.memory(),
        preferred);
  }
}
