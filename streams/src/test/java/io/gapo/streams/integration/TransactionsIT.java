package io.gapo.streams.integration;

import static io.gapo.streams.integration.TestCluster.await;
import static io.gapo.streams.integration.TestCluster.awaitUntil;
import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import io.gapo.core.lineage.LineageRecord;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.port.Stage;
import io.gapo.core.rollout.Prompt;
import io.gapo.streams.codec.LineageCodec;
import io.gapo.streams.codec.PromptJson;
import io.gapo.streams.codec.PromptLimits;
import io.gapo.streams.codec.RolloutCodec;
import io.gapo.streams.generator.RolloutGeneratorStage;
import io.gapo.streams.generator.SeenPrompts;
import io.gapo.streams.history.AuditReport;
import io.gapo.streams.history.GeneratorHistory;
import io.gapo.streams.history.LineageAuditReader;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.KafkaSettings;
import io.gapo.streams.kafka.RunningStage;
import io.gapo.streams.kafka.TopicReader;
import io.gapo.streams.kafka.TopicReader.Range;
import io.gapo.streams.optimizer.KafkaVersionPublisher;
import io.gapo.streams.tensor.AssemblyLimits;
import io.gapo.streams.version.LineageFeed;
import io.gapo.streams.version.PolicyVersionFeed;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What was written in transactions counts when they are committed, and never if they are not. */
@Tag("integration")
@ExtendWith(SharedCluster.class)
class TransactionsIT {

  /** Compacted topics want one. */
  private static final byte[] KEY = {'k'};

  private final TestCluster cluster;

  TransactionsIT(TestCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void promptsOfAnAbortedTransactionAreNeitherSampledNorAccountedFor() throws Exception {
    KafkaSettings settings = cluster.topics("aborted-prompts.");
    KafkaAccess kafka = cluster.access(settings);
    String prompts = settings.topics().prompts();
    writeAndAbort(settings, prompts, prompt("aborted-1"), prompt("aborted-2"));
    writeAndCommit(settings, prompts, prompt("committed"));
    writeAndAbort(settings, prompts, prompt("aborted-3"));
    TestCluster.write(kafka, prompts, 0, null, prompt("plain"));
    Queue<String> sampled = new ConcurrentLinkedQueue<>();

    RunningStage stage =
        RolloutGeneratorStage.start(
            kafka,
            PromptLimits.DEFAULT,
            new SeenPrompts(10),
            4,
            prompt -> {
              sampled.add(prompt.id());
              return CompletableFuture.completedFuture(Samples.rollouts(prompt));
            });
    awaitUntil(
        "the last prompt is done",
        () ->
            new TopicReader(settings)
                    .committed(settings.groups().rolloutGenerator(), prompts)
                    .getOrDefault(0, 0L)
                == new TopicReader(settings).readable(prompts, 0).end());
    await(stage.drainAndShutdown());

    assertThat(sampled).containsExactly("committed", "plain");
    AuditReport audit = LineageAuditReader.read(settings, PromptLimits.DEFAULT);
    assertThat(audit.prompts().total()).isEqualTo(2);
    assertThat(audit.rollouts().total()).isEqualTo(4);
  }

  @Test
  void aTopicThatEndsWithTransactionsIsReadToItsEnd() throws Exception {
    KafkaSettings settings = cluster.topics("aborted-lineage.");
    KafkaAccess kafka = cluster.access(settings);
    String lineage = settings.topics().lineage();
    byte[] first = new LineageCodec().encode(Samples.lineage(1, "a"));
    byte[] second = new LineageCodec().encode(Samples.lineage(2, "b"));
    byte[] aborted = new LineageCodec().encode(Samples.lineage(3, "c"));
    writeAndCommit(settings, lineage, first, second);
    for (int i = 0; i < 12; i++) {
      writeAndAbort(settings, lineage, aborted);
    }
    byte[] sampled = new RolloutCodec().encode(Samples.rollout("a", 0));
    byte[] discarded = new RolloutCodec().encode(Samples.rollout("discarded", 0));
    writeAndCommit(settings, settings.topics().rollouts(), sampled);
    writeAndAbort(settings, settings.topics().rollouts(), discarded);
    Queue<LineageRecord> received = new ConcurrentLinkedQueue<>();

    LineageFeed feed = LineageFeed.fromBeginning(kafka, Stage.GRADIENT_COLLECTOR, noting(received));
    await(feed.caughtUp());
    await(feed.drainAndShutdown());

    assertThat(received).containsExactly(Samples.lineage(1, "a"), Samples.lineage(2, "b"));
    assertThat(TestCluster.read(settings, lineage)).hasSize(2);
    assertThat(new TopicReader(settings).readable(lineage, 0)).isEqualTo(new Range(0, 2));
    assertThat(GeneratorHistory.read(settings, (id, text) -> {}).rollouts().outstanding())
        .isEmpty();
  }

  @Test
  void aTopicOfAbortedTransactionsOnlyIsEmpty() throws Exception {
    KafkaSettings settings = cluster.topics("only-aborted.");
    KafkaAccess kafka = cluster.access(settings);
    writeAndAbort(settings, settings.topics().lineage(), new byte[] {1});

    LineageFeed feed =
        LineageFeed.fromBeginning(
            kafka, Stage.GRADIENT_COLLECTOR, noting(new ConcurrentLinkedQueue<>()));

    await(feed.caughtUp());
    await(feed.drainAndShutdown());
    assertThat(new TopicReader(settings).readable(settings.topics().lineage(), 0).isEmpty())
        .isTrue();
  }

  @Test
  void theNewestVersionIsAdoptedThoughItsTopicEndsWithATransaction() throws Exception {
    KafkaSettings settings = cluster.topics("aborted-version.");
    KafkaAccess kafka = cluster.access(settings);
    await(KafkaVersionPublisher.create(kafka).publish(Samples.snapshot(3, 1, 10)));
    writeAndAbort(settings, settings.topics().policyVersions(), new byte[] {1});
    Queue<PolicySnapshot> adopted = new ConcurrentLinkedQueue<>();

    RunningStage feed =
        PolicyVersionFeed.start(
            kafka,
            Stage.GRADIENT_COLLECTOR,
            AssemblyLimits.DEFAULT,
            snapshot -> {
              adopted.add(snapshot);
              return CompletableFuture.completedFuture(Done.done());
            });
    awaitUntil("the version is adopted", () -> !adopted.isEmpty());
    await(feed.drainAndShutdown());

    assertThat(adopted).extracting(snapshot -> snapshot.version().number()).containsExactly(3L);
  }

  private static byte[] prompt(String id) {
    return PromptJson.encode(new Prompt(id, "Hello?"));
  }

  private static void writeAndCommit(KafkaSettings settings, String topic, byte[]... values) {
    try (KafkaProducer<byte[], byte[]> producer = written(settings, topic, values)) {
      producer.commitTransaction();
    }
    awaitMarker(settings);
  }

  /** The records reach the log before they are given up. */
  private static void writeAndAbort(KafkaSettings settings, String topic, byte[]... values) {
    try (KafkaProducer<byte[], byte[]> producer = written(settings, topic, values)) {
      producer.abortTransaction();
    }
    awaitMarker(settings);
  }

  /** The next transaction cannot begin before the marker of the last one is written. */
  private static void awaitMarker(KafkaSettings settings) {
    TestCluster.transactions(settings).close();
  }

  private static KafkaProducer<byte[], byte[]> written(
      KafkaSettings settings, String topic, byte[]... values) {
    KafkaProducer<byte[], byte[]> producer = TestCluster.transactions(settings);
    producer.beginTransaction();
    for (byte[] value : values) {
      var unused = producer.send(new ProducerRecord<>(topic, 0, KEY, value));
    }
    producer.flush();
    return producer;
  }

  private static Function<LineageRecord, CompletionStage<?>> noting(Queue<LineageRecord> received) {
    return record -> {
      received.add(record);
      return CompletableFuture.completedFuture(Done.done());
    };
  }
}
