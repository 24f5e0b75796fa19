package io.gapo.streams.integration;

import static io.gapo.streams.integration.TestCluster.await;
import static io.gapo.streams.integration.TestCluster.awaitUntil;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.Done;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gapo.streams.codec.RolloutCodec;
import io.gapo.streams.codec.ScoreCodec;
import io.gapo.streams.collector.CollectorShare;
import io.gapo.streams.collector.GradientCollectorStage;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.KafkaSettings;
import io.gapo.streams.kafka.RunningStage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/** Topics of several gradient collectors that get further partitions. */
@Tag("integration")
@ExtendWith(SharedCluster.class)
class AddedPartitionsIT {

  private final TestCluster cluster;
  private final Set<String> rollouts = ConcurrentHashMap.newKeySet();
  private final Set<String> scores = ConcurrentHashMap.newKeySet();

  AddedPartitionsIT(TestCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void oneOfSeveralCollectorsReadsItsPartitionsThatAreAddedWhileItRuns() throws Exception {
    KafkaSettings settings = attentive(cluster.topics("added."));
    KafkaAccess kafka = cluster.access(settings);
    RunningStage stage = start(kafka, new CollectorShare("c-1", 1, 2));
    write(kafka, 1, "before");
    awaitUntil("the first are read", () -> received("before"));

    addPartitions(4, settings.topics().rollouts(), settings.topics().scores());
    write(kafka, 2, "of another collector");
    write(kafka, 3, "added");
    awaitUntil("what was added is read", () -> received("added"));
    write(kafka, 1, "after");
    awaitUntil("the old partitions are still read", () -> received("after"));

    assertThat(rollouts).containsExactlyInAnyOrder("before#0", "added#0", "after#0");
    assertThat(stage.completion().toCompletableFuture()).isNotDone();
    await(stage.drainAndShutdown());
  }

  @Test
  void saysWhichTopicLacksPartitionsAndWaitsForThem() throws Exception {
    KafkaSettings settings = attentive(cluster.topics("added-to-one."));
    String scoresTopic = settings.topics().scores();
    KafkaAccess kafka = cluster.access(settings);
    Logger logger = (Logger) LoggerFactory.getLogger("io.gapo.streams.collector");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);

    RunningStage stage = start(kafka, new CollectorShare("c-0", 0, 2));
    addPartitions(4, settings.topics().rollouts());
    awaitUntil(
        "it is said",
        () ->
            List.copyOf(log.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .anyMatch(
                    said ->
                        said.contains("have 4 and 2 partitions")
                            && said.endsWith("Add partitions to " + scoresTopic)));
    write(kafka, 0, "before");
    awaitUntil("the common partitions are read", () -> received("before"));
    addPartitions(4, scoresTopic);
    write(kafka, 2, "added");
    awaitUntil("what was added is read", () -> received("added"));

    logger.detachAppender(log);
    await(stage.drainAndShutdown());
  }

  @Test
  void doesNotStartWhileOneTopicLacksPartitions() throws Exception {
    KafkaSettings settings = cluster.topics("added-before.");
    KafkaAccess kafka = cluster.access(settings);
    addPartitions(4, settings.topics().rollouts());

    assertThatThrownBy(() -> start(kafka, new CollectorShare("c-0", 0, 2)))
        .hasMessageContaining("have 4 and 2 partitions");
  }

  private RunningStage start(KafkaAccess kafka, CollectorShare share) {
    return GradientCollectorStage.start(
        kafka,
        share,
        100,
        1,
        rollout -> {
          rollouts.add(rollout.id());
          return CompletableFuture.completedFuture(Done.done());
        },
        score -> {
          scores.add(score.rolloutId());
          return CompletableFuture.completedFuture(Done.done());
        },
        direction -> CompletableFuture.completedFuture(Done.done()),
        contribution -> CompletableFuture.completedFuture(Done.done()));
  }

  private boolean received(String promptId) {
    return rollouts.contains(promptId + "#0") && scores.contains(promptId + "#0");
  }

  /** The settings of clients that look for new partitions all the time. */
  private static KafkaSettings attentive(KafkaSettings settings) {
    Map<String, String> client = new HashMap<>(settings.client());
    client.put("metadata.max.age.ms", "100");
    return new KafkaSettings(client, settings.prefix(), Optional.empty());
  }

  private void addPartitions(int total, String... topics) throws Exception {
    Map<String, NewPartitions> increase = new HashMap<>();
    for (String topic : topics) {
      increase.put(topic, NewPartitions.increaseTo(total));
    }
    try (Admin admin = cluster.admin()) {
      admin.createPartitions(increase).all().get();
    }
  }

  private static void write(KafkaAccess kafka, int partition, String promptId) throws Exception {
    byte[] rollout = new RolloutCodec().encode(Samples.rollout(promptId, 0));
    TestCluster.write(kafka, kafka.topics().rollouts(), partition, promptId, rollout);
    byte[] score =
        new ScoreCodec()
            .encode(Samples.scores(List.of(Samples.rollout(promptId, 0)), "helpful").get(0));
    TestCluster.write(kafka, kafka.topics().scores(), partition, promptId, score);
  }
}
