package io.gapo.ops.kafka;

import io.gapo.core.port.Failures;
import io.gapo.core.settings.DurationText;
import io.gapo.ops.config.KafkaConfig;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** A connection to a Kafka cluster that turns what can go wrong into messages for its user. */
public final class Cluster implements AutoCloseable {

  private static final ListOffsetsOptions READ_COMMITTED =
      new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);

  private final KafkaConfig kafka;
  private final Admin admin;

  private Cluster(KafkaConfig kafka, Admin admin) {
    this.kafka = kafka;
    this.admin = admin;
  }

  /**
   * Connects, and returns when a broker has answered.
   *
   * @throws KafkaUnavailableException if none does within the configured time
   */
  public static Cluster connect(KafkaConfig kafka) {
    Map<String, Object> properties = new HashMap<>(kafka.clientProperties());
    properties.putIfAbsent("client.id", "gapo-check");
    // A single request is tried again within the time that the user allows for all of them.
    properties.putIfAbsent("default.api.timeout.ms", Math.toIntExact(millis(kafka)));
    properties.putIfAbsent("request.timeout.ms", Math.toIntExact(Math.min(millis(kafka), 5_000)));
    Cluster cluster;
    try {
      cluster = new Cluster(kafka, Admin.create(properties));
    } catch (KafkaException e) {
      throw new KafkaUnavailableException(
          "no Kafka client can be made for %s: %s. Check gapo.kafka in the settings"
              .formatted(kafka.bootstrapServers(), Failures.rootReason(e)),
          e);
    }
    try {
      cluster.await(cluster.admin.describeCluster().clusterId());
      return cluster;
    } catch (KafkaUnavailableException e) {
      cluster.close();
      throw e;
    }
  }

  /** The names of all topics that this user may see. */
  public Set<String> topics() {
    return await(admin.listTopics().names());
  }

  /**
   * Refuses to continue without a topic.
   *
   * @throws KafkaUnavailableException naming those that are missing
   */
  public void requireTopics(Collection<String> required) {
    Set<String> missing = new TreeSet<>(required);
    missing.removeAll(topics());
    if (!missing.isEmpty()) {
      throw new KafkaUnavailableException(
          "Kafka at %s has no topic %s: make it with 'gapo topics create', or check"
                  .formatted(kafka.bootstrapServers(), String.join(", ", missing))
              + " gapo.kafka.topic-prefix ('%s')".formatted(kafka.topicPrefix()),
          null);
    }
  }

  /**
   * Records of a topic that a consumer group has not committed yet; those of transactions that are
   * still open do not count, since no consumer gets them yet. The marker that ends a transaction
   * counts as a record, as everywhere in Kafka.
   */
  public long recordsWaiting(String group, String topic) {
    List<TopicPartition> partitions =
        await(admin.describeTopics(List.of(topic)).allTopicNames()).values().stream()
            .flatMap(description -> description.partitions().stream())
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .toList();
    Map<TopicPartition, OffsetAndMetadata> committed =
        await(
            admin
                .listConsumerGroupOffsets(
                    Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(partitions)))
                .partitionsToOffsetAndMetadata(group));
    Map<TopicPartition, Long> starts = offsets(partitions, OffsetSpec.earliest());
    Map<TopicPartition, Long> ends = offsets(partitions, OffsetSpec.latest());
    long waiting = 0;
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata done = committed.get(partition);
      long next = done == null ? starts.getOrDefault(partition, 0L) : done.offset();
      waiting += Math.max(0, ends.getOrDefault(partition, 0L) - next);
    }
    return waiting;
  }

  private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions, OffsetSpec which) {
    Map<TopicPartition, OffsetSpec> query =
        partitions.stream().collect(Collectors.toMap(partition -> partition, p -> which));
    return await(admin.listOffsets(query, READ_COMMITTED).all()).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, answer -> answer.getValue().offset()));
  }

  /**
   * Why Kafka does not answer, if it does not.
   *
   * @param patience how long it has for its answer
   */
  public Optional<String> problem(Duration patience) {
    int millis = Math.toIntExact(patience.toMillis());
    try {
      await(admin.describeCluster(new DescribeClusterOptions().timeoutMs(millis)).clusterId());
      return Optional.empty();
    } catch (KafkaUnavailableException e) {
      return Optional.of(
          isSilence(e.getCause())
              ? "no broker can be reached: see that it runs"
              : Failures.rootReason(e));
    }
  }

  /** For what this class has no method for; closed with it. */
  public Admin admin() {
    return admin;
  }

  /**
   * Waits for an answer, at most as long as configured.
   *
   * @throws KafkaUnavailableException if it is an error, or does not come
   */
  public <T> T await(KafkaFuture<T> answer) {
    try {
      return answer.get(millis(kafka) + 1_000, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (TimeoutException e) {
      throw silent(e);
    } catch (ExecutionException e) {
      Throwable cause = Failures.cause(e);
      throw isSilence(cause) ? silent(cause) : refused(cause);
    }
  }

  private static boolean isSilence(@Nullable Throwable failure) {
    return failure instanceof TimeoutException
        || failure instanceof org.apache.kafka.common.errors.TimeoutException;
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(5));
  }

  private KafkaUnavailableException silent(Throwable cause) {
    return new KafkaUnavailableException(
        "no Kafka broker answers at %s within %s: is it running, and is gapo.kafka.bootstrap-servers right?"
            .formatted(kafka.bootstrapServers(), DurationText.of(kafka.connectTimeout())),
        cause);
  }

  private KafkaUnavailableException refused(Throwable cause) {
    String remedy =
        cause instanceof AuthenticationException || cause instanceof AuthorizationException
            ? ". Check the credentials and rights in gapo.kafka.client"
            : "";
    return new KafkaUnavailableException(
        "Kafka at %s refuses: %s%s"
            .formatted(kafka.bootstrapServers(), Failures.rootReason(cause), remedy),
        cause);
  }

  private static long millis(KafkaConfig kafka) {
    return kafka.connectTimeout().toMillis();
  }
}
