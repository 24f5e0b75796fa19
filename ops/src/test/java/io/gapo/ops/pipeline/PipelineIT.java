package io.gapo.ops.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.step.BatchUnion;
import io.gapo.core.telemetry.PipelineListener;
import io.gapo.ops.broker.EmbeddedBroker;
import io.gapo.ops.config.ConfigFiles;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.feed.PromptFeeder;
import io.gapo.ops.kafka.Cluster;
import io.gapo.ops.metrics.Health;
import io.gapo.streams.codec.PromptLimits;
import io.gapo.streams.history.AuditReport;
import io.gapo.streams.history.LineageAuditReader;
import io.gapo.streams.topic.ConsumerGroups;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All stages with the demo's models and a real broker. */
@Tag("integration")
class PipelineIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int BATCH = 8;
  private static final int QUOTA = 2 * BATCH;
  private static final int SAMPLES = 2;
  private static final Path MODELS = Path.of("..", "demo");

  private final EmbeddedBroker broker;
  private final Path checkpoints;
  private final Watch watch = new Watch();

  PipelineIT(@TempDir Path directory) {
    this.broker = EmbeddedBroker.open(directory.resolve("kafka"), 0);
    this.checkpoints = directory.resolve("checkpoints");
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  /** What the listener of all processes heard. */
  private static final class Watch implements PipelineListener {

    private final AtomicInteger finished = new AtomicInteger();
    private final AtomicInteger outstanding = new AtomicInteger();
    private final AtomicInteger mostOutstanding = new AtomicInteger();
    private final AtomicInteger limit = new AtomicInteger();
    private final AtomicLong version = new AtomicLong();
    private final Queue<VersionLineage> made = new ConcurrentLinkedQueue<>();
    private final Set<PromptPreference> preferences = ConcurrentHashMap.newKeySet();

    @Override
    public void rolloutFinished(Rollout rollout) {
      rollout.preference().ifPresent(preferences::add);
      finished.incrementAndGet();
    }

    @Override
    public void outstandingRollouts(int rollouts, int quota) {
      outstanding.set(rollouts);
      mostOutstanding.accumulateAndGet(rollouts, Math::max);
      limit.set(quota);
    }

    @Override
    public void versionMade(VersionLineage lineage) {
      version.set(lineage.version().number());
      made.add(lineage);
    }
  }

  @Test
  void withoutItsOptimizerGenerationStopsWithinTheQuotaAndGoesOnWhenItIsBack() throws Exception {
    Config root = settings(Map.of());
    GapoConfig config = GapoConfig.from(root);
    PipelineInputs.createTopics(config);
    PipelineInputs.feed(config, 0, 200);
    Set<Role> others = EnumSet.complementOf(EnumSet.of(Role.OPTIMIZER));

    try (Pipeline stages = start(root, config, others)) {
      Pipeline optimizer = start(root, config, EnumSet.of(Role.OPTIMIZER));
      awaitUntil("two versions are made", stages, () -> watch.version.get() >= 2);
      optimizer.close();
      // Every rollout that the quota admits has been sampled to its end, and no version comes.
      long stoppedAt = watch.version.get();
      awaitUntil(
          "the quota is used up", stages, () -> watch.outstanding.get() == watch.limit.get());
      awaitUntil(
          "all that was admitted is sampled",
          stages,
          () -> watch.finished.get() >= trainedOrStale(config) + QUOTA);

      assertThat(watch.limit).hasValue(QUOTA);
      assertThat(watch.version).hasValue(stoppedAt);
      assertThat(watch.finished.get()).isEqualTo(trainedOrStale(config) + QUOTA);
      assertThat(promptsWaiting(config)).isPositive();

      try (Pipeline again = start(root, config, EnumSet.of(Role.OPTIMIZER))) {
        awaitUntil("two more versions are made", again, () -> watch.version.get() >= stoppedAt + 2);
      }
    }

    assertThat(watch.mostOutstanding.get()).isLessThanOrEqualTo(QUOTA);
    AuditReport audit = audit(config);
    assertThat(audit.problems()).isEmpty();
    assertThat(audit.prompts().total()).isEqualTo(200);
    assertThat(audit.prompts().quarantined()).isZero();
  }

  @Test
  void aThirdObjectiveIsOneBlockAndBadRecordsStopNothing() throws Exception {
    Config root =
        settings(
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

    try (Pipeline stages = start(root, config, EnumSet.allOf(Role.class))) {
      awaitUntil("three versions are made", stages, () -> watch.version.get() >= 3);
    }

    AuditReport audit = audit(config);
    assertThat(audit.problems()).isEmpty();
    assertThat(audit.prompts().quarantined()).isEqualTo(4);
    assertThat(audit.rollouts().trained()).isGreaterThanOrEqualTo(3 * BATCH);
  }

  @Test
  void preferencesTravelFromTheTopicsJsonToTheVersions() throws Exception {
    Config root =
        settings(
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

    try (Pipeline stages = start(root, config, EnumSet.allOf(Role.class))) {
      awaitUntil(
          "all that can be trained on is",
          stages,
          () -> watch.version.get() >= 2 && audit(config).rollouts().trained() >= 8 * BATCH);
    }

    AuditReport audit = audit(config);
    assertThat(audit.problems()).isEmpty();
    assertThat(audit.prompts().quarantined()).isEqualTo(2);
    assertThat(watch.preferences)
        .containsExactlyInAnyOrder(
            PromptPreference.of(Map.of("helpful", 0.8, "harmless", 0.2)),
            PromptPreference.of(Map.of("helpful", 0.25, "harmless", 0.75)),
            PromptPreference.of(Map.of("helpful", 0.5, "harmless", 0.5)));
  }

  private static byte[] asking(int number, String preference) {
    return "{\"id\": \"a%d\", \"prompt\": \"how do i boil an egg?\", \"preference\": %s}"
        .formatted(number, preference)
        .getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void twoCollectorsMakeVersionsTogetherAlsoWhenOneStartsAgain() throws Exception {
    Map<String, Object> two =
        Map.of(
            "gapo.training.collectors",
            2,
            "gapo.training.gradient-sum.short-batch-after",
            "1s",
            "gapo.delivery.patience",
            "2s",
            "gapo.instance",
            "collector-0");
    Config first = settings(two);
    Map<String, Object> other = new HashMap<>(two);
    other.put("gapo.instance", "collector-1");
    Config second = settings(other);
    GapoConfig config = GapoConfig.from(first);
    PipelineInputs.createTopics(config);
    PipelineInputs.feed(config, 0, 120);
    Set<Role> collector = EnumSet.of(Role.GRADIENT_COLLECTOR);

    try (Pipeline stages = start(first, config, EnumSet.allOf(Role.class))) {
      try (Pipeline joining = start(second, GapoConfig.from(second), collector)) {
        awaitUntil("three versions are made", joining, () -> watch.version.get() >= 3);
      }
      long stoppedAt = watch.version.get();
      try (Pipeline again = start(second, GapoConfig.from(second), collector)) {
        awaitUntil(
            "three more versions are made", again, () -> watch.version.get() >= stoppedAt + 3);
      }
      assertThat(stages.failure()).isNotDone();
    }

    AuditReport audit = audit(config);
    assertThat(audit.problems()).isEmpty();
    assertThat(audit.rollouts().trained()).isGreaterThanOrEqualTo(6 * BATCH);
    List<VersionLineage> made = List.copyOf(watch.made);
    assertThat(made)
        .extracting(lineage -> lineage.version().number())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, made.size()).boxed().toList());
    assertThat(made.stream().flatMap(lineage -> lineage.rollouts().stream()))
        .extracting(RolloutReference::id)
        .doesNotHaveDuplicates();
    assertThat(made).allMatch(lineage -> lineage.rollouts().size() >= BATCH);
    List<BatchUnion> unions =
        made.stream().flatMap(lineage -> Stream.ofNullable(lineage.direction().union())).toList();
    assertThat(unions).hasSizeGreaterThanOrEqualTo(made.size() / 2);
    assertThat(unions).allMatch(union -> union.parts() == 2);
  }

  private Config settings(Map<String, Object> changes) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("gapo.kafka.bootstrap-servers", broker.bootstrapServers());
    settings.put("gapo.kafka.partitions", 2);
    settings.put("gapo.policy.directory", MODELS.resolve("policy").toString());
    settings.put(
        "gapo.objectives",
        List.of(
            PipelineInputs.objective("helpful", "reward-scorer", MODELS.resolve("reward"), false),
            PipelineInputs.objective("harmless", "cost-scorer", MODELS.resolve("cost"), true)));
    settings.put("gapo.sampling.samples-per-prompt", SAMPLES);
    settings.put("gapo.sampling.slots", 16);
    settings.put("gapo.sampling.max-prompt-tokens", 112);
    settings.put("gapo.sampling.max-response-tokens", 12);
    settings.put("gapo.training.advantage", "group-relative");
    settings.put("gapo.training.batch-size", BATCH);
    settings.put("gapo.training.max-staleness", 1);
    settings.put("gapo.training.checkpoint-directory", checkpoints.toString());
    settings.putAll(changes);
    return ConfigFiles.load(Optional.empty(), settings, Map.of());
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

  private Pipeline start(Config root, GapoConfig config, Set<Role> roles) {
    return Pipeline.start(root, config, roles, watch, new Health());
  }

  private static AuditReport audit(GapoConfig config) {
    return LineageAuditReader.read(config.kafka().access(Optional.empty()), PromptLimits.DEFAULT);
  }

  private static int trainedOrStale(GapoConfig config) {
    AuditReport.Counts rollouts = audit(config).rollouts();
    return Math.toIntExact(rollouts.trained() + rollouts.stale());
  }

  private static long promptsWaiting(GapoConfig config) {
    try (Cluster cluster = Cluster.connect(config.kafka())) {
      return cluster.recordsWaiting(
          new ConsumerGroups(config.kafka().topicPrefix()).rolloutGenerator(),
          config.kafka().topics().prompts());
    }
  }

  /** Waits until the stages, which send no signal, have come to some state. */
  private static void awaitUntil(String what, Pipeline pipeline, BooleanSupplier condition)
      throws Exception {
    long giveUpAt = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (pipeline.failure().isDone()) {
        pipeline.failure().get(1, TimeUnit.SECONDS);
      }
      assertThat(System.nanoTime()).as("waiting until " + what).isLessThan(giveUpAt);
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }
}
