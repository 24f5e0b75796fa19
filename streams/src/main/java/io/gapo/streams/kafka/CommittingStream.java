package io.gapo.streams.kafka;

import akka.Done;
import akka.NotUsed;
import akka.japi.Pair;
import akka.kafka.ConsumerMessage.CommittableOffset;
import akka.kafka.ConsumerSettings;
import akka.kafka.Subscription;
import akka.kafka.Subscriptions;
import akka.kafka.javadsl.Committer;
import akka.kafka.javadsl.Consumer;
import akka.stream.javadsl.FlowWithContext;
import akka.stream.javadsl.Source;
import io.gapo.core.port.Stage;
import io.gapo.streams.topic.RawRecord;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A stream whose offsets are committed to its consumer group as they come out of its graph. */
public final class CommittingStream {

  private static final Logger log = LoggerFactory.getLogger(CommittingStream.class);

  private CommittingStream() {}

  /**
   * Starts it, as a member of the group.
   *
   * @param stage who reads
   * @param name for the log
   */
  public static RunningStage start(
      Stage stage,
      String name,
      KafkaAccess kafka,
      String topic,
      String group,
      Duration grace,
      FlowWithContext<RawRecord, CommittableOffset, Done, CommittableOffset, NotUsed> graph) {
    return RestartingStream.start(
        name,
        kafka.system(),
        kafka.stages(),
        grace,
        registry ->
            offsets(
                stage,
                kafka,
                topic,
                kafka.member(group),
                Subscriptions.topics(topic),
                registry,
                graph),
        Committer.flow(kafka.committer()));
  }

  /**
   * Starts a stream of partitions that it assigns itself, for which no other process may commit
   * offsets to the group. When it should have others, it starts again with those.
   *
   * @param partitions asked each time it starts, and now and then while it runs; may block
   */
  public static RunningStage start(
      Stage stage,
      String name,
      KafkaAccess kafka,
      String topic,
      Supplier<Set<Integer>> partitions,
      String group,
      Duration grace,
      FlowWithContext<RawRecord, CommittableOffset, Done, CommittableOffset, NotUsed> graph) {
    return RestartingStream.start(
        name,
        kafka.system(),
        kafka.stages(),
        grace,
        registry ->
            Source.completionStageSource(
                CompletableFuture.supplyAsync(partitions, kafka.blocking())
                    .thenApply(
                        assigned ->
                            offsets(
                                    stage,
                                    kafka,
                                    topic,
                                    kafka.outsider(group),
                                    Subscriptions.assignment(of(topic, assigned)),
                                    registry,
                                    graph)
                                .merge(failure(kafka, topic, assigned, partitions), true))),
        Committer.flow(kafka.committer()));
  }

  private static Set<TopicPartition> of(String topic, Set<Integer> partitions) {
    return partitions.stream()
        .map(partition -> new TopicPartition(topic, partition))
        .collect(Collectors.toSet());
  }

  /** Nothing, and a failure once other partitions should be read than those assigned. */
  private static Source<CommittableOffset, ?> failure(
      KafkaAccess kafka, String topic, Set<Integer> assigned, Supplier<Set<Integer>> partitions) {
    Duration interval = kafka.metadataAge();
    return Source.tick(interval, interval, NotUsed.getInstance())
        .mapAsync(
            1,
            tick ->
                CompletableFuture.supplyAsync(partitions, kafka.blocking())
                    .exceptionally(
                        failure -> {
                          log.debug("Cannot look for further partitions of {}", topic, failure);
                          return assigned;
                        }))
        .mapConcat(
            now -> {
              if (!now.equals(assigned)) {
                throw new PartitionsAddedException(topic, assigned, now);
              }
              return List.<CommittableOffset>of();
            });
  }

  private static Source<CommittableOffset, ?> offsets(
      Stage stage,
      KafkaAccess kafka,
      String topic,
      ConsumerSettings<byte[], byte[]> consumer,
      Subscription subscription,
      RestartingStream.Registry registry,
      FlowWithContext<RawRecord, CommittableOffset, Done, CommittableOffset, NotUsed> graph) {
    RecordIntake intake = kafka.intake(stage, topic);
    return Consumer.sourceWithOffsetContext(consumer, subscription)
        .mapMaterializedValue(registry::add)
        .mapAsync(1, intake::take)
        .via(graph)
        .asSource()
        .map(Pair::second);
  }
}
