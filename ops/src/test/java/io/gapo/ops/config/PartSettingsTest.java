package io.gapo.ops.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.actors.collector.CollectorSettings;
import io.gapo.actors.collector.ScoreArrivals;
import io.gapo.actors.generator.GeneratorSettings;
import io.gapo.core.combine.ClippedGradients;
import io.gapo.core.combine.Combination;
import io.gapo.core.combine.ConflictAverse;
import io.gapo.core.combine.CountSketch;
import io.gapo.core.combine.GradientAdaptive;
import io.gapo.core.combine.GradientCombiner;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.LagrangianConstraints;
import io.gapo.core.combine.LinearScalarization;
import io.gapo.core.combine.MeasuredObjectives;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.combine.Preference;
import io.gapo.core.combine.PreferenceWeighted;
import io.gapo.core.combine.SingleObjective;
import io.gapo.core.combine.WithoutShortGradients;
import io.gapo.core.combine.WorstRewardFirst;
import io.gapo.core.flow.AdmissionQuota;
import io.gapo.core.flow.Backoff;
import io.gapo.core.flow.StalenessLimit;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.ppo.GeneralizedAdvantage;
import io.gapo.core.ppo.KlEstimator;
import io.gapo.core.ppo.KlWatch;
import io.gapo.core.ppo.LossAggregation;
import io.gapo.core.ppo.RatioCorrection;
import io.gapo.core.ppo.ResponseLimit;
import io.gapo.core.ppo.ScoreNormaliser;
import io.gapo.core.ppo.TruncatedResponses;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.ops.config.ObjectiveConfig.LearnedModel;
import io.gapo.runtime.gradients.AdvantageKind;
import io.gapo.runtime.gradients.AdvantageSettings;
import io.gapo.runtime.gradients.ClipSettings;
import io.gapo.runtime.gradients.GradientComparison;
import io.gapo.runtime.gradients.GradientSum;
import io.gapo.runtime.gradients.KlPenalty;
import io.gapo.runtime.gradients.KlPlacement;
import io.gapo.runtime.gradients.LossSettings;
import io.gapo.runtime.gradients.PpoSettings;
import io.gapo.runtime.gradients.StepMemory;
import io.gapo.runtime.learner.AdamWSettings;
import io.gapo.runtime.learner.LearnerSettings;
import io.gapo.runtime.learner.LearningRateSchedule;
import io.gapo.runtime.learner.LearningRateSchedule.Shape;
import io.gapo.runtime.learner.LearningRates;
import io.gapo.runtime.sampling.SamplerSettings;
import io.gapo.runtime.scoring.ScorerSettings;
import io.gapo.runtime.text.PreferenceText;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.torch.TorchSettings;
import io.gapo.runtime.trainable.GradientScope;
import io.gapo.streams.collector.CollectorShare;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PartSettingsTest {

  private static final List<String> OBJECTIVES = List.of("helpful", "harmless");
  private static final Preference EVEN = Preference.even(OBJECTIVES);
  private static final PromptTemplate TEMPLATE = new PromptTemplate("USER: {prompt} ASSISTANT:");

  private final Map<String, Object> settings =
      Map.ofEntries(
          Map.entry("gapo.objectives", blocks(OBJECTIVES)),
          Map.entry("gapo.instance", "a"),
          Map.entry("gapo.runtime", Map.of("device", "cuda:1", "dtype", "bf16", "threads", 2)),
          Map.entry(
              "gapo.sampling",
              Map.of(
                  "samples-per-prompt", 2,
                  "slots", 8,
                  "max-prompt-tokens", 16,
                  "max-response-tokens", 32,
                  "temperature", 0.5,
                  "template", TEMPLATE.pattern(),
                  "seed", 9)),
          Map.entry("gapo.training.batch-size", 6),
          Map.entry("gapo.training.max-staleness", 0),
          Map.entry("gapo.training.advantage", "group-relative"),
          Map.entry("gapo.training.gae.gamma", 0.9),
          Map.entry("gapo.training.gae.lambda", 0.8),
          Map.entry("gapo.training.clip-range", 0.3),
          Map.entry("gapo.training.value-clip", 4),
          Map.entry("gapo.training.kl-coefficient", 0.01),
          Map.entry("gapo.training.kl-placement", "outside"),
          Map.entry("gapo.training.whiten-advantages", true),
          Map.entry("gapo.training.kl-bound", 0.7),
          Map.entry("gapo.training.reward-clamp", 20),
          Map.entry("gapo.training.micro-batch-tokens", 100),
          Map.entry("gapo.training.graph-memory", "3 MiB"),
          Map.entry("gapo.training.checkpoints-kept", 2),
          Map.entry("gapo.training.optimizer.learning-rate", 1e-3),
          Map.entry("gapo.training.optimizer.value-learning-rate", 2e-3),
          Map.entry("gapo.training.optimizer.schedule", "cosine"),
          Map.entry("gapo.training.optimizer.warmup-steps", 5),
          Map.entry("gapo.training.optimizer.total-steps", 50),
          Map.entry("gapo.training.optimizer.betas", List.of(0.8, 0.9)),
          Map.entry("gapo.training.optimizer.weight-decay", 0.1),
          Map.entry("gapo.training.optimizer.max-gradient-norm", 2),
          Map.entry("gapo.combination.gradient-scope", "last-block"),
          Map.entry("gapo.combination.audit-every", 7),
          Map.entry("gapo.scoring.batch-tokens", 200),
          Map.entry("gapo.delivery.attempts", 5),
          Map.entry("gapo.delivery.min-backoff", "1s"),
          Map.entry("gapo.delivery.max-backoff", "2s"),
          Map.entry("gapo.delivery.patience", "3s"));

  private final PartSettings parts = new PartSettings(config(Map.of()));

  @Test
  void tellsTheRuntimeWhereAndHowToCompute() {
    assertThat(parts.torch()).isEqualTo(new TorchSettings("cuda:1", DataType.BF16, 2));
    assertThat(parts.sampler())
        .isEqualTo(
            new SamplerSettings(
                8,
                16,
                32,
                0.5,
                Optional.of(TEMPLATE),
                new PreferenceText(
                    List.of("helpful", "harmless"),
                    "{preference} {prompt}",
                    Optional.empty(),
                    false)));
    assertThat(parts.scorer(new LearnedModel(Path.of("m"), true)))
        .isEqualTo(new ScorerSettings(TEMPLATE, true, 200));
  }

  @Test
  void namesTheSettingsThatLeaveThePolicyNoRoom() {
    Map<String, Object> demo =
        Map.of("gapo.policy.directory", Path.of("..", "demo", "policy").toString());
    new PartSettings(config(demo)).requireRoom();
    Map<String, Object> longer = new HashMap<>(demo);
    longer.put("gapo.sampling.max-response-tokens", 100_000);

    assertThatThrownBy(() -> new PartSettings(config(longer)).requireRoom())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll(
            "gapo.sampling.max-prompt-tokens (16)",
            "gapo.sampling.max-response-tokens (100000)",
            "100016",
            "lower one of them");
  }

  @Test
  void tellsTheRuntimeHowToTrain() {
    assertThat(parts.ppo())
        .isEqualTo(
            new PpoSettings(
                List.of("helpful", "harmless"),
                new AdvantageSettings(
                    AdvantageKind.GROUP_RELATIVE, new GeneralizedAdvantage(0.9, 0.8), true),
                new ClipSettings(0.3, 4, 20),
                new LossSettings(
                    RatioCorrection.clip(),
                    LossAggregation.SEQUENCE_MEAN,
                    new ResponseLimit(32, TruncatedResponses.TRAIN, 128, 1)),
                new KlPenalty(0.01, KlPlacement.OUTSIDE, KlEstimator.K1),
                new GradientComparison(GradientScope.LAST_BLOCK, 7, Optional.empty()),
                0.5,
                new StepMemory(100, 3L << 20),
                false));
    assertThat(parts.learner())
        .isEqualTo(
            new LearnerSettings(
                List.of("helpful", "harmless"),
                new LearningRates(1e-3, 2e-3, LearningRateSchedule.cosine(5, 50)),
                new AdamWSettings(0.8, 0.9, 1e-8, 0.1, 2),
                2));
  }

  @Test
  void aConditionedRunReadsPreferencesAndWeighsUnitGradientsEvenly() {
    PartSettings conditioned =
        new PartSettings(config(Map.of("gapo.combination.method", "conditioned-p-gapo")));
    PartSettings withDefault =
        new PartSettings(
            config(
                Map.of(
                    "gapo.combination.method",
                    "conditioned-p-gapo",
                    "gapo.combination.preference",
                    Map.of("helpful", 3, "harmless", 1))));

    assertThat(conditioned.ppo().preferred()).isTrue();
    assertThat(conditioned.sampler().preferences().required()).isTrue();
    assertThat(conditioned.sampler().preferences().fallback()).isEmpty();
    assertThat(withDefault.sampler().preferences().fallback())
        .contains(PromptPreference.of(Map.of("helpful", 0.75, "harmless", 0.25)));
    assertThat(combiner(Map.of("method", "conditioned-p-gapo")))
        .isEqualTo(counting(new PreferenceWeighted(EVEN)));
    assertThat(combiner(Map.of("method", "conditioned-morlhf")))
        .isEqualTo(counting(new LinearScalarization(EVEN)));
  }

  @Test
  void warmsUpAConstantLearningRateToo() {
    GapoConfig constant = config(Map.of("gapo.training.optimizer.schedule", "constant"));

    LearningRateSchedule schedule = new PartSettings(constant).learner().rates().schedule();

    assertThat(schedule.shape()).isEqualTo(Shape.CONSTANT);
    assertThat(schedule.share(0)).isEqualTo(0.2);
    assertThat(schedule.share(1000)).isEqualTo(1);
  }

  @Test
  void tellsTheActorsHowToBatchAndToWait() {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(2));

    assertThat(parts.generator())
        .isEqualTo(
            new GeneratorSettings(
                2, 9, new AdmissionQuota(6, new StalenessLimit(0)), backoff, false));
    assertThat(parts.collector())
        .isEqualTo(
            new CollectorSettings(
                "a",
                List.of("helpful", "harmless"),
                List.of(ScoreNormaliser.none(), ScoreNormaliser.none()),
                Optional.empty(),
                6,
                2,
                new StalenessLimit(0),
                5,
                Duration.ofSeconds(3),
                Optional.empty(),
                ScoreArrivals.fromStages(
                    List.of("helpful", "harmless"), Duration.ofSeconds(20), Duration.ofMinutes(5)),
                backoff,
                false));
    assertThat(parts.retries().attempts()).isEqualTo(5);
  }

  @Test
  void asksForANameWhereThereAreSeveralCollectors() {
    GapoConfig several = ofThree("");

    assertThatThrownBy(() -> new PartSettings(several).collector())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("gapo.instance must end with the collector's number");
  }

  @Test
  void oneOfSeveralCollectorsHasItsShareAndTheQuotaIsForAll() {
    PartSettings one = new PartSettings(ofThree("collector-2"));

    assertThat(one.collectorShare()).isEqualTo(new CollectorShare("collector-2", 2, 3));
    assertThat(one.collector().shortBatchAfter()).contains(Duration.ofSeconds(2));
    assertThat(one.ppo().comparison().sum())
        .contains(new GradientSum(900_000, new CountSketch(16_384, 1)));
    assertThat(one.generator().quota().limit()).isEqualTo(3 * 6);
  }

  private GapoConfig ofThree(String instance) {
    Map<String, Object> all = new HashMap<>();
    all.put("gapo.training.collectors", 3);
    all.put("gapo.instance", instance);
    all.put("gapo.combination.gradient-scope", "last-layer");
    all.put("gapo.combination.audit-every", 0);
    return config(all);
  }

  @Test
  void combinesAsTheMethodSays() {
    Map<String, Integer> preference = Map.of("harmless", 1, "helpful", 3);

    assertThat(combiner(Map.of("method", "gapo", "p", 2)))
        .isEqualTo(counting(new GradientAdaptive(2)));
    assertThat(combiner(Map.of("method", "p-gapo", "preference", preference)))
        .isEqualTo(
            counting(
                new PreferenceWeighted(Preference.of(Map.of("helpful", 3.0, "harmless", 1.0)))));
    assertThat(combiner(Map.of("method", "morlhf", "preference", preference)))
        .isEqualTo(
            counting(
                new LinearScalarization(Preference.of(Map.of("helpful", 3.0, "harmless", 1.0)))));
    assertThat(combiner(Map.of("method", "mgda", "p", 2)))
        .isEqualTo(counting(GradientAdaptive.mgda()));
    assertThat(combiner(Map.of("method", "ppo-harmless")))
        .isEqualTo(counting(new SingleObjective("harmless")));
    assertThat(combiner(Map.of("method", "safe-rlhf")))
        .isEqualTo(counting(new LagrangianConstraints(List.of("harmless"), 0.1, 5, 0, 128)));
    assertThat(combiner(Map.of("method", "fast-rl", "fast-rl", Map.of("rate", 0.2))))
        .isEqualTo(counting(new WorstRewardFirst(0.2)));
    assertThat(combiner(Map.of("method", "mgda", "gradient-clip", "before")))
        .isEqualTo(counting(new ClippedGradients(GradientAdaptive.mgda(), 2)));
    assertThat(combiner(Map.of("method", "cagrad"))).isEqualTo(counting(new ConflictAverse(0.4)));
    assertThat(parts.directionChoice().klWatch()).isEqualTo(new KlWatch(0.7));
  }

  @ParameterizedTest
  @EnumSource(CombinationMethod.class)
  void everyMethodOfTheListWeighsAStep(CombinationMethod method) {
    Map<String, Object> settings = new HashMap<>(method.requiredSettings());
    settings.put("gapo.combination.method", method.spelling("harmless"));
    settings.put("gapo.combination.preference", Map.of("helpful", 0.4, "harmless", 0.6));
    GramMatrix gram = GramMatrix.of(new double[][] {{4, -1}, {-1, 1}});

    PartSettings asked = new PartSettings(config(settings));

    Combination combination =
        asked.directionChoice().combiner().combine(step(OBJECTIVES, gram, 0.5, -1.0));

    assertThat(asked.ppo().advantages().combination().isPresent())
        .isEqualTo(!method.requiredSettings().isEmpty());
    assertThat(combination.weights()).hasSize(2);
    assertThat(gram.norm(combination.weights())).isPositive();
  }

  /** A combiner knows neither the order of the gradients nor has one of its own. */
  @ParameterizedTest
  @EnumSource(CombinationMethod.class)
  void everyMethodWeighsByNameInWhateverOrderTheObjectivesCome(CombinationMethod method) {
    List<String> exchanged = List.of("harmless", "helpful");
    Map<String, Object> asked = new HashMap<>(method.requiredSettings());
    asked.put("gapo.combination.method", method.spelling("harmless"));
    asked.put("gapo.combination.preference", Map.of("helpful", 0.3, "harmless", 0.7));
    GradientCombiner combiner = new PartSettings(config(asked)).directionChoice().combiner();
    asked.put("gapo.objectives", blocks(exchanged));
    GradientCombiner ofExchanged = new PartSettings(config(asked)).directionChoice().combiner();
    MeasuredObjectives step =
        step(OBJECTIVES, GramMatrix.of(new double[][] {{4, -1}, {-1, 1}}), 0.5, -1.0);
    MeasuredObjectives stepOfExchanged =
        step(exchanged, GramMatrix.of(new double[][] {{1, -1}, {-1, 4}}), -1.0, 0.5);

    Combination combination = combiner.combine(step);

    assertThat(ofExchanged.combine(step)).isEqualTo(combination);
    double[] weights = ofExchanged.combine(stepOfExchanged).weights();
    assertThat(combination.weights())
        .containsExactly(new double[] {weights[1], weights[0]}, within(1e-12));
    assertThat(ofExchanged.combine(stepOfExchanged).memory()).isEqualTo(combination.memory());
  }

  private static MeasuredObjectives step(
      List<String> objectives, GramMatrix gram, double... scores) {
    TreeMap<String, Double> violations = new TreeMap<>();
    for (int i = 0; i < scores.length; i++) {
      violations.put(objectives.get(i), scores[i] < 0 ? 0.75 : 0.25);
    }
    return MeasuredObjectives.ofAll(
            objectives, gram, Arrays.stream(scores).boxed().toList(), 8, MethodMemory.NONE)
        .withViolations(violations);
  }

  private static GradientCombiner counting(GradientCombiner combiner) {
    return new WithoutShortGradients(combiner, 1e-12);
  }

  private GradientCombiner combiner(Map<String, Object> combination) {
    return new PartSettings(config(Map.of("gapo.combination", combination)))
        .directionChoice()
        .combiner();
  }

  private GapoConfig config(Map<String, Object> changes) {
    return GapoConfig.from(ConfigFiles.load(Optional.empty(), changes, settings));
  }

  private static List<Map<String, Object>> blocks(List<String> objectives) {
    return objectives.stream()
        .map(
            name ->
                Map.<String, Object>of(
                    "name",
                    name,
                    "scored-by",
                    "reward-scorer",
                    "rule",
                    Map.of("kind", "conciseness")))
        .toList();
  }
}
