package io.gapo.streams.kafka;

import io.gapo.streams.topic.RecordCoordinates;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;

/**
 * Asks Kafka for the ids of topics (KIP-516): names are used again when a topic is deleted and
 * created again, ids are not. See {@link RecordCoordinates}.
 */
final class TopicIds implements AutoCloseable {

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final Admin admin;

  private TopicIds(Admin admin) {
    this.admin = admin;
  }

  /** Connects when the first id is asked for. */
  static TopicIds open(KafkaSettings settings) {
    return new TopicIds(Admin.create(Map.copyOf(settings.client())));
  }

  /** The id that a topic has now; empty if the brokers give none. */
  CompletionStage<String> of(String topic) {
    return admin
        .describeTopics(List.of(topic))
        .allTopicNames()
        .toCompletionStage()
        .thenApply(found -> id(Objects.requireNonNull(found.get(topic))));
  }

  private static String id(TopicDescription topic) {
    return topic.topicId().equals(Uuid.ZERO_UUID) ? "" : topic.topicId().toString();
  }

  @Override
  public void close() {
    admin.close(CLOSE_TIMEOUT);
  }
}
