package io.gapo.ops.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import io.gapo.broker.EmbeddedBroker;
import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.Stage;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.ops.config.ConfigurationException;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.feed.PromptFeeder;
import io.gapo.ops.kafka.Cluster;
import io.gapo.ops.metrics.Health;
import io.gapo.runtime.checkpoint.Checkpoint;
import io.gapo.runtime.checkpoint.CheckpointDirectory;
import io.gapo.runtime.lora.LoraSettings;
import io.gapo.streams.history.AuditReport;
import io.gapo.streams.topic.ConsumerGroups;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All stages with the demo's models and a real broker. */
@Tag("integration")
class PipelineIT {

  private static final int BATCH = PipelineInputs.BATCH;
  private static final int QUOTA = 2 * BATCH;
  private static final Path MODELS = PipelineInputs.MODELS;

  private final EmbeddedBroker broker;
  private final Path checkpoints;
  private final PipelineWatch watch = new PipelineWatch();

  PipelineIT(@TempDir Path directory) {
    this.broker = EmbeddedBroker.open(directory.resolve("kafka"), 0);
    this.checkpoints = directory.resolve("checkpoints");
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  @Test
  void withoutItsOptimizerGenerationStopsWithinTheQuotaAndContinuesWhenItIsBack() throws Exception {
    Config root = PipelineInputs.settings(broker, checkpoints, Map.of());
    GapoConfig config = GapoConfig.from(root);
    PipelineInputs.createTopics(config);
    PipelineInputs.feed(config, 0, 200);
    Set<Stage> others = EnumSet.complementOf(EnumSet.of(Stage.OPTIMIZER));

    try (Pipeline stages = start(root, config, others)) {
      Pipeline optimizer = start(root, config, EnumSet.of(Stage.OPTIMIZER));
      watch.awaitUntil("two versions are made", stages, () -> watch.version() >= 2);
      optimizer.close();
      // Every rollout that the quota admits has been sampled to its end, and no version comes.
      long stoppedAt = watch.version();
      watch.awaitUntil("the quota is used up", stages, () -> watch.outstanding() == watch.limit());
      watch.awaitUntil(
          "all that was admitted is sampled",
          stages,
          () -> watch.finished() >= trainedOrStale(config) + QUOTA);

      assertThat(watch.limit()).isEqualTo(QUOTA);
      assertThat(watch.version()).isEqualTo(stoppedAt);
      assertThat(watch.finished()).isEqualTo(trainedOrStale(config) + QUOTA);
      assertThat(promptsWaiting(config)).isPositive();

      try (Pipeline again = start(root, config, EnumSet.of(Stage.OPTIMIZER))) {
        watch.awaitUntil(
            "two more versions are made", again, () -> watch.version() >= stoppedAt + 2);
      }
    }

    assertThat(watch.mostOutstanding()).isLessThanOrEqualTo(QUOTA);
    AuditReport audit = PipelineInputs.audit(config);
    assertThat(audit.problems()).isEmpty();
    assertThat(audit.prompts().total()).isEqualTo(200);
    assertThat(audit.prompts().quarantined()).isZero();
  }

  @Test
  void tensorsAreLentOrSentFromOneStartToTheNext() throws Exception {
    GapoConfig sending = GapoConfig.from(PipelineInputs.settings(broker, checkpoints, Map.of()));
    PipelineInputs.createTopics(sending);
    PipelineInputs.feed(sending, 0, 100);

    for (boolean lend : new boolean[] {true, true, false, true}) {
      Config root =
          PipelineInputs.settings(broker, checkpoints, Map.of("gapo.runtime.lend-tensors", lend));
      long before = watch.version();
      try (Pipeline stages = start(root, GapoConfig.from(root), EnumSet.allOf(Stage.class))) {
        watch.awaitUntil("two more versions are made", stages, () -> watch.version() >= before + 2);
      }
    }

    AuditReport audit = PipelineInputs.audit(sending);
    assertThat(audit.problems()).isEmpty();
    assertThat(audit.rollouts().trained()).isGreaterThanOrEqualTo(8 * BATCH);
    assertThat(watch.made())
        .extracting(made -> made.version().number())
        .doesNotHaveDuplicates()
        .isSorted();
  }

  @Test
  void lendsNoTensorsToRolesThatAreElsewhere() {
    Config root =
        PipelineInputs.settings(broker, checkpoints, Map.of("gapo.runtime.lend-tensors", true));

    assertThatThrownBy(() -> start(root, GapoConfig.from(root), EnumSet.of(Stage.OPTIMIZER)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("gapo.runtime.lend-tensors must be auto or false")
        .hasMessageContaining("[optimizer]");
  }

  @ParameterizedTest
  @EnumSource(names = {"ROLLOUT_GENERATOR", "GRADIENT_COLLECTOR", "OPTIMIZER"})
  void startsNoRoleWithAnAdapterThatThePolicyHasNoRoomFor(Stage role) {
    Config root =
        PipelineInputs.settings(broker, checkpoints, Map.of("gapo.policy.lora.rank", 1_000_000));

    assertThatThrownBy(() -> start(root, GapoConfig.from(root), EnumSet.of(role)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll("gapo.policy.lora.rank does not fit", "was 1000000");
  }

  @Test
  void aThirdObjectiveIsOneBlockAndBadRecordsStopNothing() throws Exception {
    Config root =
        PipelineInputs.settings(
            broker,
            checkpoints,
            Map.of(
                "gapo.training.advantage",
                "gae",
                "gapo.objectives",
                List.of(
                    PipelineInputs.objective(
                        "helpful", "reward-scorer", MODELS.resolve("reward"), false),
                    PipelineInputs.objective(
                        "harmless", "cost-scorer", MODELS.resolve("cost"), true),
                    Map.of(
                        "name",
                        "concise",
                        "scored-by",
                        "reward-scorer",
                        "rule",
                        Map.of("kind", "conciseness")))));
    GapoConfig config = GapoConfig.from(root);
    PipelineInputs.createTopics(config);
    feedBadRecords(config);
    PipelineInputs.feed(config, 0, 24);

    try (Pipeline stages = start(root, config, EnumSet.allOf(Stage.class))) {
      watch.awaitUntil("three versions are made", stages, () -> watch.version() >= 3);
    }

    AuditReport audit = PipelineInputs.audit(config);
    assertThat(audit.problems()).isEmpty();
    assertThat(audit.prompts().quarantined()).isEqualTo(4);
    assertThat(audit.rollouts().trained()).isGreaterThanOrEqualTo(3 * BATCH);
  }

  @Test
  void preferencesTravelFromTheTopicsJsonToTheVersions() throws Exception {
    Config root =
        PipelineInputs.settings(
            broker,
            checkpoints,
            Map.of(
                "gapo.combination.method",
                "conditioned-p-gapo",
                "gapo.combination.preference",
                Map.of("helpful", 0.5, "harmless", 0.5)));
    GapoConfig config = GapoConfig.from(root);
    PipelineInputs.createTopics(config);
    List<byte[]> records = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      records.add(asking(i, "{\"helpful\": 0.8, \"harmless\": 0.2}"));
      records.add(asking(100 + i, "{\"helpful\": 1, \"harmless\": 3}"));
    }
    records.add(asking(200, "{\"funny\": 1}"));
    records.add(asking(201, "{\"helpful\": -1}"));
    feedRecords(config, records);
    PipelineInputs.feed(config, 300, 4);

    try (Pipeline stages = start(root, config, EnumSet.allOf(Stage.class))) {
      watch.awaitUntil(
          "all that can be trained on is",
          stages,
          () ->
              watch.version() >= 2
                  && PipelineInputs.audit(config).rollouts().trained() >= 8 * BATCH);
    }

    AuditReport audit = PipelineInputs.audit(config);
    assertThat(audit.problems()).isEmpty();
    assertThat(audit.prompts().quarantined()).isEqualTo(2);
    assertThat(watch.preferences())
        .containsExactlyInAnyOrder(
            PromptPreference.of(Map.of("helpful", 0.8, "harmless", 0.2)),
            PromptPreference.of(Map.of("helpful", 0.25, "harmless", 0.75)),
            PromptPreference.of(Map.of("helpful", 0.5, "harmless", 0.5)));
  }

  @Test
  void doesNotStartItsOptimizerOnACheckpointOfAnotherAdapter() {
    CheckpointState state =
        new CheckpointState(PolicyVersion.INITIAL, 1, Optional.empty(), Map.of());
    LoraSettings saved = new LoraSettings(4, 16, LoraSettings.TARGETS);
    try (CheckpointDirectory directory = CheckpointDirectory.open(checkpoints, 1)) {
      directory.save(new Checkpoint(state, List.of(), List.of(), 0, Optional.of(saved)));
    }
    Config root = PipelineInputs.settings(broker, checkpoints, Map.of("gapo.policy.lora.rank", 8));
    GapoConfig config = GapoConfig.from(root);
    PipelineInputs.createTopics(config);

    assertThatThrownBy(() -> start(root, config, EnumSet.of(Stage.OPTIMIZER)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("gapo.policy.lora.rank was 4 and is now 8");
  }

  @Test
  void promptsWithoutIdsAreTrainedOnAfterTheirTopicWasCreatedAgain() throws Exception {
    Config root = PipelineInputs.settings(broker, checkpoints, Map.of());
    GapoConfig config = GapoConfig.from(root);
    PipelineInputs.createTopics(config);
    feedRecords(config, PipelineInputs.withoutIds(0, 8));
    try (Pipeline stages = start(root, config, EnumSet.allOf(Stage.class))) {
      watch.awaitUntil("two versions are made", stages, () -> watch.version() >= 2);
    }

    PipelineInputs.createAgain(config, config.kafka().topics().prompts());
    feedRecords(config, PipelineInputs.withoutIds(8, 8));
    AuditReport.Counts unsampled = PipelineInputs.audit(config).prompts();
    try (Pipeline stages = start(root, config, EnumSet.allOf(Stage.class))) {
      watch.awaitUntil("two more versions are made", stages, () -> watch.version() >= 4);
    }

    assertThat(unsampled).isEqualTo(new AuditReport.Counts(8, 0, 0, 0, 0, 8));
    AuditReport audit = PipelineInputs.audit(config);
    assertThat(audit.problems()).isEmpty();
    assertThat(audit.prompts()).isEqualTo(new AuditReport.Counts(8, 8, 0, 0, 0, 0));
    assertThat(audit.formerPrompts()).isEqualTo(8);
    assertThat(audit.rollouts().trained()).isEqualTo(4 * BATCH);
  }

  @Test
  void namesACheckpointAndTopicsThatAreNotOfOneTraining(@TempDir Path other) throws Exception {
    Config root = PipelineInputs.settings(broker, checkpoints, Map.of());
    GapoConfig config = GapoConfig.from(root);
    PipelineInputs.createTopics(config);
    PipelineInputs.feed(config, 0, 8);
    try (Pipeline stages = start(root, config, EnumSet.allOf(Stage.class))) {
      watch.awaitUntil("two versions are made", stages, () -> watch.version() >= 2);
    }

    Config fresh = PipelineInputs.settings(broker, other.resolve("none"), Map.of());
    assertThatThrownBy(() -> start(fresh, GapoConfig.from(fresh), EnumSet.of(Stage.OPTIMIZER)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("there is no checkpoint in " + other.resolve("none"))
        .hasMessageContaining("topic gapo.lineage has versions up to v2")
        .hasMessageContaining("gapo.kafka.topic-prefix");
    try (EmbeddedBroker newBroker = EmbeddedBroker.open(other.resolve("kafka"), 0)) {
      Config moved = PipelineInputs.settings(newBroker, checkpoints, Map.of());
      PipelineInputs.createTopics(GapoConfig.from(moved));
      assertThatThrownBy(() -> start(moved, GapoConfig.from(moved), EnumSet.of(Stage.OPTIMIZER)))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("the checkpoint v2 in " + checkpoints)
          .hasMessageContaining("the lineage has no version at all")
          .hasMessageContaining("'gapo export'");
    }
  }

  private static byte[] asking(int number, String preference) {
    return "{\"id\": \"a%d\", \"prompt\": \"how do i boil an egg?\", \"preference\": %s}"
        .formatted(number, preference)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void feedBadRecords(GapoConfig config) {
    List<byte[]> records =
        List.of(
            "{".getBytes(StandardCharsets.UTF_8),
            "{\"id\": \"empty\", \"prompt\": \"\"}".getBytes(StandardCharsets.UTF_8),
            "{\"id\": \"typed\", \"prompt\": 7}".getBytes(StandardCharsets.UTF_8),
            new byte[] {(byte) 0xc3, (byte) 0x28});
    feedRecords(config, records);
  }

  private static void feedRecords(GapoConfig config, List<byte[]> records) {
    try (PromptFeeder feeder = PromptFeeder.open(config.kafka())) {
      for (byte[] each : records) {
        CompletableFuture<Void> durable = feeder.feed(Optional.empty(), each);
        feeder.flush();
        durable.join();
      }
    }
  }

  private Pipeline start(Config root, GapoConfig config, Set<Stage> roles) {
    return Pipeline.start(root, config, roles, watch, new Health());
  }

  private static int trainedOrStale(GapoConfig config) {
    AuditReport.Counts rollouts = PipelineInputs.audit(config).rollouts();
    return Math.toIntExact(rollouts.trained() + rollouts.stale());
  }

  private static long promptsWaiting(GapoConfig config) {
    try (Cluster cluster = Cluster.connect(config.kafka())) {
      return cluster.recordsWaiting(
          new ConsumerGroups(config.kafka().topicPrefix()).rolloutGenerator(),
          config.kafka().topics().prompts());
    }
  }
}
