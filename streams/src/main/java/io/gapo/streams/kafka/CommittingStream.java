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
import io.gapo.streams.topic.RawRecord;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/** A stream whose offsets are committed to its consumer group as they come out of its graph. */
public final class CommittingStream {

  private CommittingStream() {}

  /**
   * Starts it, as a member of the group.
   *
   * @param stage who reads
   * @param name for the log
   */
  public static RunningStage start(
      String stage,
      String name,
      KafkaAccess kafka,
      String topic,
      String group,
      Duration grace,
      FlowWithContext<RawRecord, CommittableOffset, Done, CommittableOffset, NotUsed> graph) {
    return start(
        stage, name, kafka, kafka.member(group), Subscriptions.topics(topic), grace, graph);
  }

  /** The same of fixed partitions, of which no other process may commit offsets to the group. */
  public static RunningStage start(
      String stage,
      String name,
      KafkaAccess kafka,
      String topic,
      Set<Integer> partitions,
      String group,
      Duration grace,
      FlowWithContext<RawRecord, CommittableOffset, Done, CommittableOffset, NotUsed> graph) {
    Set<TopicPartition> assigned =
        partitions.stream()
            .map(partition -> new TopicPartition(topic, partition))
            .collect(Collectors.toSet());
    return start(
        stage,
        name,
        kafka,
        kafka.outsider(group),
        Subscriptions.assignment(assigned),
        grace,
        graph);
  }

  private static RunningStage start(
      String stage,
      String name,
      KafkaAccess kafka,
      ConsumerSettings<byte[], byte[]> consumer,
      Subscription subscription,
      Duration grace,
      FlowWithContext<RawRecord, CommittableOffset, Done, CommittableOffset, NotUsed> graph) {
    RecordIntake intake = kafka.intake(stage);
    return RestartingStream.start(
        name,
        kafka.system(),
        kafka.stages(),
        grace,
        registry ->
            Consumer.sourceWithOffsetContext(consumer, subscription)
                .mapMaterializedValue(registry::add)
                .map(intake::take)
                .via(graph)
                .asSource()
                .map(Pair::second),
        Committer.flow(kafka.committer()));
  }
}
