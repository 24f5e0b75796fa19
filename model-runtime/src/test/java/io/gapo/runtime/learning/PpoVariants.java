package io.gapo.runtime.learning;

import java.util.Optional;

/** Settings that differ from others in one thing. */
final class PpoVariants {

  private PpoVariants() {}

  /** With the KL penalty elsewhere. */
  static PpoSettings withKl(PpoSettings of, KlPlacement placement) {
    return with(
        of,
        placement,
        of.whitened(),
        of.gradientScope(),
        of.auditEvery(),
        of.preferred(),
        of.sum());
  }

  /** With whitened advantages. */
  static PpoSettings whitened(PpoSettings of) {
    return with(
        of, of.klPlacement(), true, of.gradientScope(), of.auditEvery(), of.preferred(), of.sum());
  }

  /** With the objectives weighed by other layers. */
  static PpoSettings withScope(PpoSettings of, GradientScope scope, int auditEvery) {
    return with(of, of.klPlacement(), of.whitened(), scope, auditEvery, of.preferred(), of.sum());
  }

  /** With each rollout's advantages counting by its preference. */
  static PpoSettings preferred(PpoSettings of) {
    return with(
        of, of.klPlacement(), of.whitened(), of.gradientScope(), of.auditEvery(), true, of.sum());
  }

  /** For one of several collectors. */
  static PpoSettings withSum(PpoSettings of, GradientSum sum) {
    return with(
        of,
        of.klPlacement(),
        of.whitened(),
        of.gradientScope(),
        of.auditEvery(),
        of.preferred(),
        Optional.of(sum));
  }

  private static PpoSettings with(
      PpoSettings of,
      KlPlacement placement,
      boolean whitened,
      GradientScope scope,
      int auditEvery,
      boolean preferred,
      Optional<GradientSum> sum) {
    return new PpoSettings(
        of.objectives(),
        of.advantage(),
        of.discount(),
        of.gaeLambda(),
        of.clipRange(),
        of.valueClip(),
        of.klCoefficient(),
        placement,
        of.rewardClamp(),
        of.temperature(),
        of.microBatchTokens(),
        whitened,
        scope,
        auditEvery,
        preferred,
        sum);
  }
}
