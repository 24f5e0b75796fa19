package io.gapo.ops.config;

import com.typesafe.config.Config;
import io.gapo.actors.collector.CollectorSettings;
import io.gapo.actors.collector.ScoreArrivals;
import io.gapo.actors.generator.GeneratorSettings;
import io.gapo.core.combine.CountSketch;
import io.gapo.core.ppo.GeneralizedAdvantage;
import io.gapo.core.ppo.KlEstimator;
import io.gapo.core.ppo.KlTarget;
import io.gapo.core.ppo.ScoreNormaliser;
import io.gapo.core.settings.Bounds;
import io.gapo.runtime.gradients.AdvantageKind;
import io.gapo.runtime.gradients.AdvantageSettings;
import io.gapo.runtime.gradients.ClipSettings;
import io.gapo.runtime.gradients.GradientComparison;
import io.gapo.runtime.gradients.GradientSum;
import io.gapo.runtime.gradients.KlPenalty;
import io.gapo.runtime.gradients.KlPlacement;
import io.gapo.runtime.gradients.PpoSettings;
import io.gapo.runtime.gradients.StepMemory;
import io.gapo.runtime.sampling.SamplerSettings;
import io.gapo.runtime.trainable.GradientScope;
import io.gapo.streams.scorer.Retries;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How gradients are collected: most of it is under {@code gapo.training}; units and defaults are in
 * reference.conf.
 *
 * @param stage of this process's collector, whose name may be unfit where there are several: see
 *     {@link PartSettings#collectorShare}
 * @param collectors how many there are
 */
public record CollectorConfig(CollectorSettings stage, PpoSettings ppo, int collectors) {

  static CollectorConfig from(
      Config root,
      String name,
      List<String> objectives,
      CombinationConfig combination,
      GeneratorConfig generator,
      List<ScoreNormaliser> normalisers,
      ScoreArrivals scores,
      Retries retries) {
    int collectors = Block.of(root, "gapo.training").wholeNumber("collectors");
    return new CollectorConfig(
        stage(root, name, objectives, normalisers, generator.stage(), scores, retries, collectors),
        ppo(root, objectives, combination, generator.sampler(), collectors),
        collectors);
  }

  private static CollectorSettings stage(
      Config root,
      String name,
      List<String> objectives,
      List<ScoreNormaliser> normalisers,
      GeneratorSettings generator,
      ScoreArrivals scores,
      Retries retries,
      int collectors) {
    Block training = Block.of(root, "gapo.training");
    Block sum = training.block("gradient-sum");
    Duration shortBatchAfter = sum.make(() -> shortBatchAfter(sum));
    Optional<KlTarget> klTarget = klTarget(training);
    Block delivery = Block.of(root, "gapo.delivery");
    return delivery.make(
        () ->
            new CollectorSettings(
                name,
                objectives,
                normalisers,
                klTarget,
                training.wholeNumber("batch-size"),
                generator.samplesPerPrompt(),
                generator.quota().staleness(),
                retries.attempts(),
                delivery.duration("patience"),
                collectors == 1 ? Optional.empty() : Optional.of(shortBatchAfter),
                scores,
                retries.backoff(),
                generator.wholeBatches()));
  }

  private static Optional<KlTarget> klTarget(Block training) {
    Block target = training.block("kl-target");
    if (target.text("value").equals("off")) {
      return Optional.empty();
    }
    double held = target.number("value");
    double bound = training.number("kl-bound");
    if (held >= bound) {
      throw target.refusal(
          "value",
          "must be below gapo.training.kl-bound, %s, past which a step only pulls back, was %s"
              .formatted(bound, held));
    }
    return Optional.of(
        training.make(
            () ->
                new KlTarget(
                    training.number("kl-coefficient"), held, target.wholeNumber("horizon"))));
  }

  private static Duration shortBatchAfter(Block sum) {
    Duration wait = sum.duration("short-batch-after");
    Bounds.positive("short-batch-after", wait);
    return wait;
  }

  private static PpoSettings ppo(
      Config root,
      List<String> objectives,
      CombinationConfig combination,
      SamplerSettings sampler,
      int collectors) {
    Block training = Block.of(root, "gapo.training");
    GradientSum sum = sum(training.block("gradient-sum"));
    GradientComparison comparison =
        comparison(
            Block.of(root, "gapo.combination"),
            collectors == 1 ? Optional.empty() : Optional.of(sum));
    return training.make(
        () ->
            new PpoSettings(
                objectives,
                new AdvantageSettings(
                    training.oneOf("advantage", AdvantageKind.class),
                    gae(training.block("gae")),
                    training.flag("whiten-advantages"),
                    combination.advantages(objectives)),
                new ClipSettings(
                    training.number("clip-range"),
                    training.number("value-clip"),
                    training.number("reward-clamp")),
                LossConfig.of(training, sampler.maxResponseTokens()),
                new KlPenalty(
                    training.number("kl-coefficient"),
                    training.oneOf("kl-placement", KlPlacement.class),
                    training.oneOf("kl-estimator", KlEstimator.class)),
                comparison,
                sampler.temperature(),
                new StepMemory(
                    training.wholeNumber("micro-batch-tokens"), training.bytes("graph-memory")),
                combination.isConditioned()));
  }

  private static GradientComparison comparison(Block combination, Optional<GradientSum> sum) {
    return combination.make(
        () ->
            new GradientComparison(
                combination.oneOf("gradient-scope", GradientScope.class),
                combination.wholeNumber("audit-every"),
                sum));
  }

  private static GeneralizedAdvantage gae(Block gae) {
    return gae.make(() -> new GeneralizedAdvantage(gae.number("gamma"), gae.number("lambda")));
  }

  private static GradientSum sum(Block sum) {
    return sum.make(
        () ->
            new GradientSum(
                sum.longNumber("exact-bytes"),
                new CountSketch(sum.wholeNumber("sketch-width"), sum.longNumber("sketch-seed"))));
  }
}
