package io.gapo.ops.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import io.gapo.core.combine.GradientAdaptive;
import io.gapo.core.combine.WithoutShortGradients;
import io.gapo.core.flow.AdmissionQuota;
import io.gapo.core.flow.Backoff;
import io.gapo.core.flow.StalenessLimit;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.port.Stage;
import io.gapo.core.ppo.KlWatch;
import io.gapo.core.step.DirectionChoice;
import io.gapo.objectives.rule.Conciseness;
import io.gapo.objectives.rule.RuleObjective;
import io.gapo.ops.config.CombinationConfig.GradientClip;
import io.gapo.ops.config.CombinationConfig.Lagrangian;
import io.gapo.ops.config.CombinationConfig.Tchebycheff;
import io.gapo.ops.config.CombinationConfig.Violations;
import io.gapo.ops.config.ObjectiveConfig.LearnedModel;
import io.gapo.ops.config.ObjectiveConfig.Rule;
import io.gapo.ops.config.RuntimeConfig.Lending;
import io.gapo.runtime.gradients.PpoSettings;
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
import io.gapo.streams.kafka.StageSettings;
import io.gapo.streams.scorer.Retries;
import io.gapo.streams.topic.TopicLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GapoConfigTest {

  private static final String OBJECTIVES =
      """
      gapo.objectives = [
        { name = helpful, scored-by = reward-scorer, model { directory = "/models/reward" } }
        { name = harmless, scored-by = cost-scorer, model { directory = "/models/cost", negate = true } }
        { name = concise, scored-by = reward-scorer, rule { kind = conciseness } }
      ]
      """;

  private static final List<String> NAMES = List.of("helpful", "harmless", "concise");

  @Test
  void runsByTheDocumentedDefaults(@TempDir Path directory) {
    GapoConfig config = GapoConfig.from(load(directory, OBJECTIVES));

    assertThat(config.instanceName()).isEmpty();
    assertThat(config.kafka())
        .isEqualTo(
            new KafkaConfig(
                "127.0.0.1:9092",
                "gapo.",
                new TopicLayout(4, (short) 1, 256L << 20),
                Duration.ofSeconds(15),
                Map.of()));
    Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));
    assertThat(config.streams()).isEqualTo(new StageSettings(backoff, Duration.ofSeconds(60)));
    assertThat(config.retries()).isEqualTo(new Retries(3, backoff));
    assertThat(config.runtime())
        .isEqualTo(new RuntimeConfig(new TorchSettings("cpu", DataType.F32, 1), Lending.AUTO));
    assertThat(config.metrics()).isEqualTo(new MetricsConfig("127.0.0.1", 9464));
  }

  @Test
  void samplesAndScoresByTheDocumentedDefaults(@TempDir Path directory) {
    GapoConfig config = GapoConfig.from(load(directory, OBJECTIVES));

    Optional<PromptTemplate> template = Optional.empty();
    assertThat(config.generator().stage().samplesPerPrompt()).isEqualTo(4);
    assertThat(config.generator().stage().runSeed()).isEqualTo(1);
    assertThat(config.generator().stage().quota())
        .isEqualTo(new AdmissionQuota(64, new StalenessLimit(1)));
    assertThat(config.generator().sampler())
        .isEqualTo(
            new SamplerSettings(
                64,
                512,
                512,
                1.0,
                template,
                new PreferenceText(NAMES, "{preference} {prompt}", Optional.empty(), false)));
    assertThat(config.scorer()).isEqualTo(new ScorerSettings(template, false, 16_384));
  }

  @Test
  void trainsByTheDocumentedDefaults(@TempDir Path directory) {
    GapoConfig config = GapoConfig.from(load(directory, OBJECTIVES));

    assertThat(config.collector().collectors()).isEqualTo(1);
    assertThat(config.collector().stage().batchSize()).isEqualTo(64);
    assertThat(config.collector().stage().patience()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.collector().ppo()).isEqualTo(PpoSettings.of(NAMES));
    assertThat(config.direction())
        .isEqualTo(
            new DirectionChoice(
                new WithoutShortGradients(new GradientAdaptive(1), 1e-12), new KlWatch(0.5)));
    assertThat(config.optimizer().learner())
        .isEqualTo(
            new LearnerSettings(
                NAMES,
                new LearningRates(1e-5, 5e-6, new LearningRateSchedule(Shape.CONSTANT, 0, 1000, 1)),
                new AdamWSettings(0.9, 0.95, 1e-8, 0, 1),
                3));
    assertThat(config.optimizer().checkpointDirectory()).isEmpty();
    assertThat(config.combination())
        .isEqualTo(
            new CombinationConfig(
                CombinationMethod.GAPO,
                "",
                1.0,
                Map.of(),
                new Lagrangian(List.of("harmless"), 0.1, 5.0, 0.0, 128),
                0.1,
                0.4,
                0.6,
                0.4,
                new Tchebycheff(1.0, Map.of()),
                1.0,
                new Violations(List.of("harmless"), 0.5, 5.0, 0.05),
                1e-12,
                GradientClip.AFTER));
  }

  @Test
  void readsAnyNumberOfObjectivesInOrder(@TempDir Path directory) {
    GapoConfig config = GapoConfig.from(load(directory, OBJECTIVES));

    assertThat(config.objectives())
        .containsExactly(
            new ObjectiveConfig(
                "helpful", Stage.REWARD_SCORER, new LearnedModel(Path.of("/models/reward"), false)),
            new ObjectiveConfig(
                "harmless", Stage.COST_SCORER, new LearnedModel(Path.of("/models/cost"), true)),
            new ObjectiveConfig(
                "concise",
                Stage.REWARD_SCORER,
                new Rule(new RuleObjective("concise", new Conciseness(32)))));
    assertThat(config.objectiveNames()).containsExactly("helpful", "harmless", "concise");
  }

  @Test
  void understandsTheSettingsForKubernetes() {
    Path file = Path.of("..", "k8s", "base", "gapo.conf");

    GapoConfig config = GapoConfig.from(ConfigFiles.load(Optional.of(file), Map.of(), Map.of()));

    assertThat(config.objectiveNames()).containsExactly("helpful", "harmless");
    assertThat(config.metrics().host()).isEqualTo("0.0.0.0");
  }

  @Test
  void derivesTheQuotaFromBatchAndStaleness(@TempDir Path directory) {
    GapoConfig config =
        GapoConfig.from(
            load(directory, OBJECTIVES + "gapo.training { batch-size = 8, max-staleness = 2 }"));

    assertThat(config.generator().stage().quota().limit()).isEqualTo(24);
  }

  @Test
  void handsClientPropertiesToKafkaButNeverPrintsThem(@TempDir Path directory) {
    KafkaConfig kafka =
        KafkaConfig.from(
            load(
                directory,
                "gapo.kafka { bootstrap-servers = \"a:1,b:2\", client { security.protocol = SSL,"
                    + " \"ssl.key.password\" = hush } }"));

    assertThat(kafka.clientProperties())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "bootstrap.servers", "a:1,b:2",
                "security.protocol", "SSL",
                "ssl.key.password", "hush"));
    assertThat(kafka.toString()).contains("ssl.key.password").doesNotContain("hush");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "scoring.batch-tokens = 0 | gapo.scoring.batch-tokens must be >= 1",
        "scoring.overdue-after = 0s | gapo.scoring.overdue-after must be longer than 0",
        "scoring.unmatched-after = 0s | gapo.scoring.unmatched-after must be longer than 0",
        "training.micro-batch-tokens = 0 | gapo.training.micro-batch-tokens must be >= 1",
        "delivery.patience = 0s | gapo.delivery.patience must be longer than 0",
        "kafka.bootstrap-servers = localhost | gapo.kafka.bootstrap-servers must be host:port",
        "kafka.topic-prefix = \"a b\" | gapo.kafka.topic-prefix may have letters",
        "kafka.partitions = 0 | gapo.kafka.partitions must be >= 1, was 0",
        "kafka.replication-factor = 0 | gapo.kafka.replication-factor must be >= 1, was 0",
        "kafka.tensor-retention = 0 | gapo.kafka.tensor-retention must be >= 1, was 0",
        "kafka.connect-timeout = 0s | gapo.kafka.connect-timeout must be longer than 0",
        "kafka.client { bootstrap.servers = x } | set gapo.kafka.bootstrap-servers",
        "sampling.samples-per-prompt = 0 | gapo.sampling.samples-per-prompt must be >= 1, was 0",
        "sampling.temperature = 0 | gapo.sampling.temperature must be > 0, was 0.0",
        "training.gradient-sum.short-batch-after = 0s | gapo.training.gradient-sum.short-batch-after must be",
        "training.collectors = 2, gapo.training.gradient-sum.sketch-width = 131072 | gapo.training.gradient-sum.sketch-width 131072 makes",
        "training.collectors = 2, gapo.combination.gradient-scope = last-block | gapo.combination.gradient-scope must be last-layer",
        "training.collectors = 2, gapo.combination.audit-every = 1 | gapo.combination.audit-every must be 0",
        "sampling.slots = 3 | gapo.sampling.slots must be at least gapo.sampling.samples-per-prompt",
        "sampling.max-prompt-tokens = 0 | gapo.sampling.max-prompt-tokens must be >= 1",
        "sampling.max-response-tokens = 0 | gapo.sampling.max-response-tokens must be >= 1",
        "sampling.template = \"USER:\" | gapo.sampling.template: a prompt template must contain {prompt} once",
        "training.batch-size = 0 | gapo.training.batch-size must be >= 1, was 0",
        "training.max-staleness = -1 | gapo.training.max-staleness must be >= 0, was -1",
        "training.collectors = 2, gapo.runtime.lend-tensors = true | gapo.runtime.lend-tensors must be auto or false",
        "training.reproducible = true | gapo.training.reproducible needs gapo.training.max-staleness to be 0, was 1",
        "training { reproducible = true, max-staleness = 0, collectors = 2 } | gapo.training.reproducible needs gapo.training.collectors to be 1, was 2",
        "training { reproducible = true, max-staleness = 0 } | gapo.training.reproducible needs gapo.kafka.partitions to be 1, was 4",
        "training { reproducible = true, max-staleness = 0 }, gapo.kafka.partitions = 1, gapo.runtime.threads = 2 | gapo.training.reproducible needs gapo.runtime.threads to be 1, was 2",
        "training { reproducible = true, max-staleness = 0 }, gapo.kafka.partitions = 1, gapo.sampling.slots = 63 | gapo.training.reproducible needs gapo.sampling.slots to be at least 64, a whole batch, was 63",
        "training.collectors = 0 | gapo.training.collectors must be >= 1",
        "training.gradient-sum.exact-bytes = 1000000 | gapo.training.gradient-sum.exact-bytes must be",
        "training.gradient-sum.sketch-width = 1000 | sketch-width must be a power of two",
        "training.advantage = best | gapo.training.advantage must be one of gae, group-relative, was 'best'",
        "training.gae.gamma = 2 | gapo.training.gae.gamma must be from 0 to 1, was 2.0",
        "training.gae.lambda = -1 | gapo.training.gae.lambda must be from 0 to 1, was -1.0",
        "training.clip-range = 1 | gapo.training.clip-range must be above 0 and below 1, was 1.0",
        "training.ratio-correction.kind = mask | gapo.training.ratio-correction.kind must be one of clip, truncated, token-mask, sequence-mask, divergence, second-moment, was 'mask'",
        "training.ratio-correction { kind = truncated, truncated.cap = 0 } | gapo.training.ratio-correction.truncated.cap must be >= 1",
        "training.ratio-correction { kind = token-mask, token-mask.low = 2 } | gapo.training.ratio-correction.token-mask.low must be >= 0 and below 1",
        "training.ratio-correction { kind = sequence-mask, sequence-mask.of = sum } | sequence-mask.of must be one of product, geometric-mean",
        "training.ratio-correction { kind = sequence-mask, sequence-mask.product.high = 1 } | gapo.training.ratio-correction.sequence-mask.product.high must be above 1",
        "training.ratio-correction { kind = divergence, divergence.bound = 0 } | gapo.training.ratio-correction.divergence.bound must be above 0",
        "training.ratio-correction { kind = second-moment, second-moment.bound = 0 } | gapo.training.ratio-correction.second-moment.bound must be > 0",
        "training.ratio-correction.token-mask.cap = 2 | gapo.training.ratio-correction.token-mask.cap is not a setting",
        "training.loss-aggregation = sum | gapo.training.loss-aggregation must be one of sequence-mean, token-mean, constant",
        "training.truncated-responses = drop | gapo.training.truncated-responses must be one of train, mask, soft-overlong",
        "training { truncated-responses = soft-overlong, soft-overlong.cache-tokens = 513 } | gapo.training.soft-overlong.cache-tokens must be at most gapo.sampling.max-response-tokens, 512, was 513: lower it",
        "training.soft-overlong.penalty = 0 | gapo.training.soft-overlong.penalty must be > 0",
        "training.kl-target.value = on | gapo.training.kl-target.value must be a number, was 'on'",
        "training.kl-target.value = 0 | gapo.training.kl-target.value must be > 0",
        "training.kl-target.value = 0.5 | gapo.training.kl-target.value must be below gapo.training.kl-bound, 0.5",
        "training.kl-target { value = 0.1, horizon = 0 } | gapo.training.kl-target.horizon must be >= 1",
        "training { kl-target.value = 0.1, kl-coefficient = 0 } | gapo.training.kl-coefficient must be > 0 where gapo.training.kl-target.value is set",
        "training.kl-estimator = k2 | gapo.training.kl-estimator must be one of k1, k3, was 'k2'",
        "training.value-clip = 0 | gapo.training.value-clip must be > 0",
        "training.kl-coefficient = -1 | gapo.training.kl-coefficient must be >= 0",
        "training.kl-bound = 0 | gapo.training.kl-bound must be > 0",
        "training.reward-clamp = 0 | gapo.training.reward-clamp must be > 0",
        "training.optimizer.learning-rate = 0 | gapo.training.optimizer.learning-rate must be > 0",
        "training.optimizer.value-learning-rate = 0 | optimizer.value-learning-rate must be > 0",
        "training.optimizer.schedule = up | schedule must be one of constant, cosine, was 'up'",
        "training.optimizer.warmup-steps = -1 | gapo.training.optimizer.warmup-steps must be >= 0",
        "training.optimizer.total-steps = 0 | gapo.training.optimizer.total-steps must be >= 1",
        "training.optimizer { schedule = cosine, warmup-steps = 1000 } | must be < total-steps (1000)",
        "training.optimizer.betas = [0.9] | gapo.training.optimizer.betas must be two numbers",
        "training.optimizer.betas = [0.9, 1] | gapo.training.optimizer.betas must be two numbers",
        "training.optimizer.weight-decay = -1 | gapo.training.optimizer.weight-decay must be >= 0",
        "training.optimizer.max-gradient-norm = 0 | optimizer.max-gradient-norm must be > 0",
        "training.checkpoints-kept = 0 | gapo.training.checkpoints-kept must be >= 1",
        "training { advantage = group-relative }, gapo.sampling.samples-per-prompt = 1 | must be >= 2 for gapo.training.advantage",
        "combination.method = best | gapo.combination.method must be one of gapo, mgda, p-gapo, conditioned-p-gapo, conditioned-morlhf, ppo-NAME, morlhf,",
        "combination.p = -1 | gapo.combination.p must be >= 0, was -1.0",
        "combination.safe-rlhf.rate = 0 | gapo.combination.safe-rlhf.rate must be > 0",
        "combination.safe-rlhf.largest-multiplier = 0.5 | largest-multiplier must be >= 1.0",
        "combination.safe-rlhf.threshold = NaN | safe-rlhf.threshold must be a finite number",
        "combination.safe-rlhf.window = 0 | gapo.combination.safe-rlhf.window must be >= 1",
        "combination { method = safe-rlhf, safe-rlhf.constraints = [] } | must name objectives of",
        "combination { method = safe-rlhf, safe-rlhf.constraints = [nice] } | must name one of",
        "combination.fast-rl.rate = 0 | gapo.combination.fast-rl.rate must be > 0",
        "combination.cagrad.c = 1 | gapo.combination.cagrad.c must be >= 0 and below 1",
        "combination.capped-mgda.cap = 0 | gapo.combination.capped-mgda.cap must be > 0",
        "combination { method = capped-mgda, capped-mgda.cap = 0.3 } | gapo.combination.capped-mgda.cap must be at least 1 divided by the number of objectives",
        "combination.raco.c = 1 | gapo.combination.raco.c must be >= 0 and below 1",
        "combination.smooth-tchebycheff.mu = 0 | gapo.combination.smooth-tchebycheff.mu must be > 0",
        "combination.smooth-tchebycheff.ideal { helpful = NaN } | smooth-tchebycheff.ideal.helpful must be a finite number",
        "combination { method = smooth-tchebycheff, preference { helpful = 1, harmless = 1, concise = 1 }, smooth-tchebycheff.ideal { nice = 1 } } | gapo.combination.smooth-tchebycheff.ideal must name one of the objectives",
        "combination.gd2po.agreement = 2 | gapo.combination.gd2po.agreement must be",
        "combination.constrained-grpo.rate = 0 | gapo.combination.constrained-grpo.rate must be > 0",
        "combination.constrained-grpo.largest-multiplier = 0.5 | constrained-grpo.largest-multiplier must be >= 1.0",
        "combination.constrained-grpo.violations = 1 | constrained-grpo.violations must be >= 0 and below 1",
        "combination { method = mo-grpo, gradient-clip = before } | gapo.combination.gradient-clip was 'before', but gapo.combination.method mo-grpo makes one advantage",
        "combination.method = mo-grpo, gapo.training.advantage = gae | gapo.training.advantage was 'gae', but gapo.combination.method mo-grpo makes one advantage of all objectives' scores and needs gapo.combination.gradient-clip = after, gapo.training.advantage = group-relative, gapo.training.kl-placement = outside",
        "combination.method = mo-grpo, gapo.training { advantage = group-relative, kl-placement = inside } | gapo.training.kl-placement was 'inside'",
        "combination.method = mo-grpo, gapo.training { advantage = group-relative, kl-placement = outside, whiten-advantages = true } | gapo.training.whiten-advantages was 'true'",
        "combination { method = constrained-grpo, constrained-grpo.constraints = [nice] }, gapo.training { advantage = group-relative, kl-placement = outside } | gapo.combination.constrained-grpo.constraints must name one of",
        "combination.gradient-scope = all | gapo.combination.gradient-scope must be one of last-layer,",
        "combination.audit-every = -1 | gapo.combination.audit-every must be >= 0",
        "combination.norm-floor = 0 | gapo.combination.norm-floor must be > 0",
        "combination { method = morlhf, preference { nice = 1 } } | must name one of the objectives",
        "objectives = [{name = a, scored-by = cost-scorer, watch-only = 3, rule {kind = sentiment}}] | gapo.objectives[0].watch-only must be true or false",
        "objectives = [{name = a, scored-by = cost-scorer, rule {kind = words, required = 3}}] | gapo.objectives[0].rule.required must be a list of texts",
        "training.graph-memory = -1 | gapo.training.graph-memory must be a",
        "combination { method = gapo, preference { nice = 1 } } | gapo.combination.preference must name one of the objectives",
        "sampling.preference-template = no | gapo.sampling.preference-template: a preference template must contain",
        "combination.method = conditioned-p-gapo, gapo.sampling.preference-template = \"\" | gapo.sampling.preference-template must not be empty",
        "combination { method = conditioned-p-gapo, preference { helpful = 1 } } | gapo.combination.preference must have a share for each of",
        "combination { method = p-gapo, preference { helpful = 0, harmless = 0, concise = 0 } } | must have a share above 0",
        "combination.preference { helpful = -1 } | gapo.combination.preference.helpful must be >= 0",
        "runtime.device = gpu | gapo.runtime.device must be cpu, cuda or cuda:N, was 'gpu'",
        "runtime.dtype = int8 | gapo.runtime.dtype must be one of f32, bf16, f16",
        "runtime.threads = -1 | gapo.runtime.threads must be >= 0",
        "delivery.attempts = 0 | gapo.delivery.attempts must be >= 1",
        "combination.p = much | gapo.combination.p must be a number, was 'much'",
        "combination.method = [gapo] | gapo.combination.method must be a text, was a list",
        "combination.preference = 1 | gapo.combination.preference must be a block of settings, was 1",
        "combination.preference { helpful = much } | gapo.combination.preference.helpful must be a number, was 'much'",
        "combination.safe-rlhf = 1 | gapo.combination.safe-rlhf must be a block of settings, was 1",
        "combination.safe-rlhf.constraints = harmless | gapo.combination.safe-rlhf.constraints must be a list of texts",
        "combination.fast-rl.rate = fast | gapo.combination.fast-rl.rate must be a number, was 'fast'",
        "policy.directory = [a] | gapo.policy.directory must be a text, was a list",
        "policy.adapter {} | gapo.policy.adapter must be a text, was a block",
        "policy.lora.rank = high | gapo.policy.lora.rank must be a whole number, was 'high'",
        "objectives = 3 | gapo.objectives must be a list of blocks, as [{...}], was '3'",
        "delivery.min-backoff = 0s | gapo.delivery.min-backoff must be longer than 0",
        "delivery.max-backoff = 1ms | gapo.delivery.max-backoff must be at least min-backoff (500ms), was 1ms",
        "metrics.host = \"\" | gapo.metrics.host must not be empty",
        "metrics.port = 70000 | gapo.metrics.port must be 0 to 65535, was 70000",
        "shutdown.drain-timeout = 0s | gapo.shutdown.drain-timeout must be longer than 0",
        "sampling.slots = many | gapo.sampling.slots must be a whole number, was 'many'",
        "objectives = [] | gapo.objectives is empty",
        "objectives = [{}] | gapo.objectives[0].name must be lower-case letters",
        "objectives = [{name = Nice}] | gapo.objectives[0].name must be lower-case letters",
        "objectives = [{name = a}] | gapo.objectives[0].scored-by is missing",
        "objectives = [{name = a, scored-by = me, rule {kind = conciseness}}] | scored-by must be one of reward-scorer, cost-scorer",
        "objectives = [{name = a, scored-by = cost-scorer}] | gapo.objectives[0] must have one of model",
        "objectives = [{name = a, scored-by = cost-scorer, model {}}] | gapo.objectives[0].model.directory is missing",
        "objectives = [{name = a, scored-by = cost-scorer, rule {kind = conciseness, target-tokens = 0}}] | rule.target-tokens must be >= 1",
      })
  void namesTheSettingThatItRejectsAndItsPlace(
      String setting, String message, @TempDir Path directory) {
    assertThatThrownBy(() -> GapoConfig.from(load(directory, OBJECTIVES + "gapo." + setting)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("my.conf");
  }

  @Test
  void pointsToTheVerySettingHoweverItIsSpelled(@TempDir Path directory) {
    Config settings =
        load(
            directory, OBJECTIVES + "gapo.combination.preference {\n  other = 1\n  My_Own = -1\n}");

    assertThatThrownBy(() -> GapoConfig.from(settings))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            refusal -> assertThat(refusal.key()).contains("gapo.combination.preference.My_Own"))
        .hasMessageContaining("my.conf: 8)");
  }

  @Test
  void namesTheSettingThatAMethodNeedsAndThatIsNotSet(@TempDir Path directory) {
    String settings = OBJECTIVES + "gapo.combination.method = ";

    assertThatThrownBy(() -> GapoConfig.from(load(directory, settings + "ppo-nice")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "gapo.combination.method ppo-NAME must name one of the objectives [helpful,"
                + " harmless, concise], was 'nice'");
    assertThatThrownBy(() -> GapoConfig.from(load(directory, settings + "morlhf")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "gapo.combination.preference must have a share for each of [helpful, harmless,"
                + " concise], was []");
  }

  @Test
  void refusesTwoObjectivesOfOneName(@TempDir Path directory) {
    String twice =
        "gapo.objectives = ${gapo.objectives} [{ name = helpful, scored-by = reward-scorer,"
            + " rule { kind = conciseness } }]";

    assertThatThrownBy(() -> GapoConfig.from(load(directory, OBJECTIVES + twice)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("gapo.objectives[3].name 'helpful' is taken");
  }

  @Test
  void namesDirectoriesThatAStageNeedsAndDoesNotFind(@TempDir Path directory) {
    GapoConfig unset = GapoConfig.from(load(directory, OBJECTIVES));
    GapoConfig missing =
        GapoConfig.from(load(directory, OBJECTIVES + "gapo.policy.directory = /nowhere"));
    GapoConfig set =
        GapoConfig.from(
            load(
                directory,
                OBJECTIVES
                    + "gapo { policy.directory = \"%s\", training.checkpoint-directory = c }"
                        .formatted(directory)));

    assertThatThrownBy(unset::policyPath).hasMessageContaining("gapo.policy.directory is not set");
    assertThatThrownBy(unset::checkpointPath)
        .hasMessageContaining("gapo.training.checkpoint-directory is not set");
    assertThatThrownBy(missing::policyPath)
        .hasMessageContaining("gapo.policy.directory /nowhere is not a directory");
    assertThat(set.policyPath()).isEqualTo(directory);
    assertThat(set.checkpointPath()).isEqualTo(Path.of("c"));
  }

  static Config load(Path directory, String settings) {
    try {
      Path file = Files.writeString(directory.resolve("my.conf"), settings);
      return ConfigFiles.load(Optional.of(file), Map.of(), Map.of());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
