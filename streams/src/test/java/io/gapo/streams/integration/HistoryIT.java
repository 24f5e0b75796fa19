package io.gapo.streams.integration;

import static io.gapo.streams.integration.TestCluster.await;
import static io.gapo.streams.integration.TestCluster.awaitUntil;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.Done;
import io.gapo.core.lineage.LineageRecord;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.streams.codec.PromptJson;
import io.gapo.streams.codec.PromptLimits;
import io.gapo.streams.collector.CollectorShare;
import io.gapo.streams.collector.GradientCollectorStage;
import io.gapo.streams.collector.KafkaStepPublisher;
import io.gapo.streams.generator.RolloutGeneratorStage;
import io.gapo.streams.generator.SeenPrompts;
import io.gapo.streams.generator.SeenPrompts.Earlier;
import io.gapo.streams.history.AuditReport;
import io.gapo.streams.history.AuditReport.Counts;
import io.gapo.streams.history.ForgottenFatesException;
import io.gapo.streams.history.GeneratorHistory;
import io.gapo.streams.history.LineageAuditReader;
import io.gapo.streams.history.LineageCoverage;
import io.gapo.streams.history.PromptHistory;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.KafkaSettings;
import io.gapo.streams.kafka.RunningStage;
import io.gapo.streams.kafka.TopicReader;
import io.gapo.streams.optimizer.KafkaVersionPublisher;
import io.gapo.streams.topic.RecordCoordinates;
import io.gapo.streams.version.LineageFeed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("integration")
@ExtendWith(SharedCluster.class)
class HistoryIT {

  private final TestCluster cluster;

  HistoryIT(TestCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void lineageIsReadFromTheBeginningAndCatchesUp() throws Exception {
    KafkaAccess kafka = cluster.access(cluster.topics("lineage."));
    KafkaVersionPublisher publisher = KafkaVersionPublisher.create(kafka);
    await(publisher.publish(Samples.lineage(1, "a")));
    await(publisher.publish(Samples.lineage(2, "b")));
    Queue<LineageRecord> all = new ConcurrentLinkedQueue<>();
    Queue<LineageRecord> fromSecond = new ConcurrentLinkedQueue<>();

    LineageFeed first = LineageFeed.fromBeginning(kafka, Stage.GRADIENT_COLLECTOR, noting(all));
    LineageFeed second =
        LineageFeed.fromOffset(kafka, Stage.ROLLOUT_GENERATOR, 1, noting(fromSecond));
    await(first.caughtUp());
    await(second.caughtUp());
    assertThat(all).containsExactly(Samples.lineage(1, "a"), Samples.lineage(2, "b"));
    assertThat(fromSecond).containsExactly(Samples.lineage(2, "b"));
    await(publisher.publish(Samples.lineage(3, "c")));
    awaitUntil("all have received", () -> all.size() + fromSecond.size() == 5);

    assertThat(fromSecond).containsExactly(Samples.lineage(2, "b"), Samples.lineage(3, "c"));
    for (RunningStage feed : List.of(first, second)) {
      await(feed.drainAndShutdown());
    }
  }

  @Test
  void whatIsReadAgainAfterAFailureWasNotOnItsWayAgain() throws Exception {
    Queue<Duration> ages = new ConcurrentLinkedQueue<>();
    KafkaAccess kafka = cluster.access(cluster.topics("lineage-again."), notingAges(ages));
    KafkaVersionPublisher publisher = KafkaVersionPublisher.create(kafka);
    Queue<LineageRecord> received = new ConcurrentLinkedQueue<>();
    AtomicInteger attempts = new AtomicInteger();
    LineageFeed feed =
        LineageFeed.fromBeginning(
            kafka,
            Stage.GRADIENT_COLLECTOR,
            record ->
                attempts.incrementAndGet() == 1
                    ? CompletableFuture.failedFuture(new IllegalStateException("not yet"))
                    : noting(received).apply(record));
    await(feed.caughtUp());

    await(publisher.publish(Samples.lineage(1, "a")));
    awaitUntil("the first record has been read again", () -> received.size() == 1);
    await(publisher.publish(Samples.lineage(2, "b")));
    awaitUntil("the second record has been read", () -> received.size() == 2);

    assertThat(attempts).hasValue(3);
    assertThat(ages).hasSize(2);
    await(feed.drainAndShutdown());
  }

  @Test
  void anEmptyLineageIsCaughtUpAtOnce() throws Exception {
    KafkaAccess kafka = cluster.access(cluster.topics("no-lineage."));

    LineageFeed feed =
        LineageFeed.fromBeginning(
            kafka, Stage.GRADIENT_COLLECTOR, noting(new ConcurrentLinkedQueue<>()));

    await(feed.caughtUp());
    await(feed.drainAndShutdown());
  }

  @Test
  void aGeneratorLearnsWhichRolloutsAreOutstanding() throws Exception {
    KafkaSettings settings = cluster.topics("outstanding.");
    KafkaAccess kafka = cluster.access(settings);
    writePrompts(kafka, "forgotten", "trained", "stale", "waiting");
    sampleAll(settings, kafka, 4);
    commitFirstPrompt(kafka);
    await(KafkaVersionPublisher.create(kafka).publish(Samples.lineage(1, "trained")));
    await(settle(kafka, "stale", Fate.STALE));

    GeneratorHistory history = GeneratorHistory.read(settings, (id, text) -> {});

    assertThat(history.rollouts().outstanding())
        .isEqualTo(Set.of("trained#1", "stale#1", "waiting#0", "waiting#1"));
    assertThat(history.rollouts().settled().size()).isEqualTo(2);
    assertThat(List.of("trained#0", "stale#0")).allMatch(history.rollouts().settled()::contains);
    assertThat(history.lineageEnd()).isEqualTo(2);
  }

  @Test
  void whatTheLineageHasLostIsNotReadAgainFromTheBeginning() throws Exception {
    KafkaSettings settings = cluster.topics("truncated.");
    KafkaAccess kafka = cluster.access(settings);
    String group = settings.groups().rolloutGenerator();
    String prompts = settings.topics().prompts();
    writePrompts(kafka, "a", "b");
    KafkaVersionPublisher publisher = KafkaVersionPublisher.create(kafka);
    await(publisher.publish(Samples.lineage(1, "a")));
    await(publisher.publish(Samples.lineage(2, "b")));
    LineageCoverage.require(settings, group, prompts);

    try (Admin admin = cluster.admin()) {
      TopicPartition lineage = new TopicPartition(settings.topics().lineage(), 0);
      admin.deleteRecords(Map.of(lineage, RecordsToDelete.beforeOffset(1))).all().get();
      assertThatThrownBy(() -> LineageCoverage.require(settings, group, prompts))
          .isInstanceOf(ForgottenFatesException.class)
          .hasMessageContaining("truncated.lineage has lost its records before offset 1")
          .hasMessageContaining("--group truncated.rollout-generator --topic truncated.prompts");

      TopicPartition partition = new TopicPartition(prompts, 0);
      admin
          .alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(1)))
          .all()
          .get();
    }
    LineageCoverage.require(settings, group, prompts);
  }

  @Test
  void aGeneratorLearnsWhichPromptsCameBefore() throws Exception {
    KafkaSettings settings = cluster.topics("before.");
    KafkaAccess kafka = cluster.access(settings);
    String topic = settings.topics().prompts();
    writePrompts(kafka, "a", "b");
    TestCluster.write(kafka, topic, 0, null, prompt("a"));
    TestCluster.write(kafka, topic, 0, null, "{".getBytes(StandardCharsets.UTF_8));
    sampleAll(settings, kafka, 4);
    TestCluster.write(kafka, topic, 0, null, prompt("c"));

    SeenPrompts seen = new SeenPrompts(100);
    PromptHistory.addTo(seen, settings, PromptLimits.DEFAULT);

    RecordCoordinates first = at(kafka, topic, 0, 0);
    RecordCoordinates later = at(kafka, topic, 1, 9);
    assertThat(seen.use(question("a"), later)).contains(new Earlier(Optional.of(first), true));
    assertThat(seen.use(question("a"), first)).isEmpty();
    assertThat(seen.use(new Prompt("a", "Bye?"), later))
        .contains(new Earlier(Optional.of(first), false));
    assertThat(seen.use(question("b"), later)).isPresent();
    assertThat(seen.use(question("c"), later)).isEmpty();
  }

  @Test
  void whatWentToQuarantineButWasNotCommittedIsNotPutThereAgain() throws Exception {
    KafkaSettings settings = cluster.topics("uncommitted.");
    KafkaAccess kafka = cluster.access(settings);
    String topic = settings.topics().prompts();
    writePrompts(kafka, "a");
    TestCluster.write(kafka, topic, 0, null, prompt("a"));
    CompletableFuture<List<Rollout>> sampling = new CompletableFuture<>();
    RunningStage stage =
        RolloutGeneratorStage.start(
            kafka, PromptLimits.DEFAULT, new SeenPrompts(10), 4, prompt -> sampling);
    awaitUntil(
        "the duplicate is in quarantine",
        () -> TestCluster.read(settings, settings.topics().quarantine()).size() == 1);

    SeenPrompts seen = new SeenPrompts(10);
    PromptHistory.addTo(seen, settings, PromptLimits.DEFAULT);

    assertThat(seen.isGivenUp(at(kafka, topic, 0, 1))).isTrue();
    assertThat(seen.isGivenUp(at(kafka, topic, 0, 0))).isFalse();
    CompletionStage<Done> drained = stage.drainAndShutdown();
    sampling.completeExceptionally(new IllegalStateException("draining"));
    await(drained);
  }

  @Test
  void theAuditAccountsForEveryPrompt() throws Exception {
    KafkaSettings settings = cluster.topics("audit.");
    KafkaAccess kafka = cluster.access(settings);
    writePrompts(kafka, "trained", "stale", "waiting");
    TestCluster.write(
        kafka, settings.topics().prompts(), 0, null, "{".getBytes(StandardCharsets.UTF_8));
    sampleAll(settings, kafka, 4);
    writePrompts(kafka, "unsampled");
    KafkaVersionPublisher publisher = KafkaVersionPublisher.create(kafka);
    await(publisher.publish(Samples.lineage(1, "trained")));
    await(publisher.publish(Samples.lineage(1, "trained")));
    await(settle(kafka, "stale", Fate.STALE));
    await(publisher.publishRefusal(Samples.references("stale2"), 1, "NaN"));

    AuditReport report = LineageAuditReader.read(settings, PromptLimits.DEFAULT);

    assertThat(report.prompts()).isEqualTo(new Counts(5, 1, 0, 1, 0, 3));
    assertThat(report.rollouts()).isEqualTo(new Counts(7, 1, 1, 0, 1, 4));
    assertThat(report.quarantined()).isEqualTo(Map.of(settings.topics().prompts(), 1L));
    assertThat(report.problems()).isEmpty();
  }

  @Test
  void promptsOfATopicThatIsCreatedAgainAreNotTakenForThoseBefore() throws Exception {
    KafkaSettings settings = cluster.topics("again.");
    KafkaAccess kafka = cluster.access(settings);
    String topic = settings.topics().prompts();
    TestCluster.write(kafka, topic, 0, null, withoutId("Hello?"));
    TestCluster.write(kafka, topic, 0, null, prompt("known"));
    TestCluster.write(kafka, topic, 0, null, "{".getBytes(StandardCharsets.UTF_8));
    sampleAll(settings, kafka, 3);
    String before = at(kafka, topic, 0, 0).id();
    await(KafkaVersionPublisher.create(kafka).publish(Samples.lineage(1, before, "known")));
    cluster.createAgain(settings, topic);
    TestCluster.write(kafka, topic, 0, null, withoutId("After?"));
    TestCluster.write(
        kafka, topic, 0, null, PromptJson.encode(new Prompt("known", "Something else?")));
    TestCluster.write(kafka, topic, 0, null, withoutId("Last?"));

    AuditReport unsampled = LineageAuditReader.read(settings, PromptLimits.DEFAULT);
    List<String> sampled = sampleAll(settings, kafka, 3);
    AuditReport report = LineageAuditReader.read(settings, PromptLimits.DEFAULT);

    assertThat(unsampled.prompts()).isEqualTo(new Counts(3, 0, 0, 0, 0, 3));
    assertThat(sampled)
        .containsExactly(at(kafka, topic, 0, 0).id(), at(kafka, topic, 0, 2).id())
        .doesNotContain(before);
    assertThat(report.prompts()).isEqualTo(new Counts(3, 0, 0, 1, 0, 2));
    assertThat(report.formerPrompts()).isEqualTo(2);
    assertThat(report.problems()).isEmpty();
  }

  @Test
  void aTopicThatIsCreatedAgainWhileItIsReadHasOtherPrompts() throws Exception {
    KafkaSettings settings = cluster.topics("meanwhile.");
    KafkaAccess kafka = cluster.access(settings);
    String topic = settings.topics().prompts();
    Queue<String> sampled = new ConcurrentLinkedQueue<>();
    RunningStage stage =
        RolloutGeneratorStage.start(
            kafka,
            PromptLimits.DEFAULT,
            new SeenPrompts(100),
            4,
            prompt -> {
              sampled.add(prompt.id());
              return CompletableFuture.completedFuture(Samples.rollouts(prompt));
            });
    TestCluster.write(kafka, topic, 0, null, withoutId("Hello?"));
    awaitUntil("the first is sampled and committed", () -> committed(kafka) == 1);
    String before = at(kafka, topic, 0, 0).id();

    cluster.createAgain(settings, topic);
    TestCluster.write(kafka, topic, 0, null, withoutId("Hello?"));
    awaitUntil("the second is sampled", () -> sampled.size() == 2);

    assertThat(sampled).containsExactly(before, at(kafka, topic, 0, 0).id());
    await(stage.drainAndShutdown());
  }

  private static byte[] withoutId(String text) {
    return "{\"prompt\": \"%s\"}".formatted(text).getBytes(StandardCharsets.UTF_8);
  }

  private static CompletionStage<?> settle(KafkaAccess kafka, String promptId, Fate fate) {
    RolloutReference rollout = RolloutReference.to(Samples.rollout(promptId, 0));
    return KafkaStepPublisher.create(kafka).publish(new Settlement(rollout, fate, 1, "because"));
  }

  private static void writePrompts(KafkaAccess kafka, String... ids) throws Exception {
    for (String id : ids) {
      TestCluster.write(kafka, kafka.topics().prompts(), 0, null, prompt(id));
    }
  }

  private static byte[] prompt(String id) {
    return PromptJson.encode(question(id));
  }

  private static Prompt question(String id) {
    return new Prompt(id, "Hello?");
  }

  private static RecordCoordinates at(KafkaAccess kafka, String topic, int partition, long offset)
      throws Exception {
    return new RecordCoordinates(topic, await(kafka.topicId(topic)), partition, offset);
  }

  /** Runs the generator until it has committed this many records. */
  private static List<String> sampleAll(KafkaSettings settings, KafkaAccess kafka, long records)
      throws Exception {
    SeenPrompts seen = new SeenPrompts(100);
    GeneratorHistory.read(settings, seen::sampled);
    PromptHistory.addTo(seen, settings, PromptLimits.DEFAULT);
    Queue<String> sampled = new ConcurrentLinkedQueue<>();
    RunningStage stage =
        RolloutGeneratorStage.start(
            kafka,
            PromptLimits.DEFAULT,
            seen,
            4,
            prompt -> {
              sampled.add(prompt.id());
              return CompletableFuture.completedFuture(Samples.rollouts(prompt));
            });
    awaitUntil("the prompts are sampled", () -> committed(kafka) == records);
    await(stage.drainAndShutdown());
    return List.copyOf(sampled);
  }

  /** Up to which offset the generator is done with the first partition. */
  private static long committed(KafkaAccess kafka) {
    return kafka
        .reader()
        .committed(kafka.groups().rolloutGenerator(), kafka.topics().prompts())
        .getOrDefault(0, 0L);
  }

  /** Runs a collector until it has settled the rollouts of the prompt that came first. */
  private static void commitFirstPrompt(KafkaAccess kafka) throws Exception {
    TopicReader reader = kafka.reader();
    RunningStage stage =
        GradientCollectorStage.start(
            kafka,
            new CollectorShare("0", 0, 1),
            100,
            2,
            rollout ->
                rollout.promptId().equals("forgotten")
                    ? CompletableFuture.completedFuture(Done.done())
                    : new CompletableFuture<>(),
            score -> new CompletableFuture<>(),
            direction -> new CompletableFuture<>(),
            contribution -> new CompletableFuture<>());
    awaitUntil(
        "the first prompt is settled",
        () ->
            reader
                .committed(kafka.groups().collectorRollouts(), kafka.topics().rollouts())
                .containsValue(2L));
    await(stage.drainAndShutdown());
  }

  private static PipelineListener notingAges(Queue<Duration> ages) {
    return new PipelineListener() {
      @Override
      public void recordTaken(Stage stage, String topic, Duration age) {
        ages.add(age);
      }
    };
  }

  private static Function<LineageRecord, CompletionStage<?>> noting(Queue<LineageRecord> received) {
    return record -> {
      received.add(record);
      return CompletableFuture.completedFuture(Done.done());
    };
  }
}
