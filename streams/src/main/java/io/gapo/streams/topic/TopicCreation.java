package io.gapo.streams.topic;

import io.gapo.core.port.Failures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;

/** Creates topics so that they can be written to at once. */
public final class TopicCreation {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

  private final Admin admin;
  private final long deadline;

  private TopicCreation(Admin admin, Duration timeout) {
    this.admin = admin;
    this.deadline = System.nanoTime() + timeout.toNanos();
  }

  /**
   * Creates the topics that are missing, leaves the others alone, and returns when the leader of
   * every partition answers. Blocks.
   *
   * <p>The wait is for a reason: Kafka acknowledges a creation before the leaders know of it, and
   * an idempotent producer that meets such a partition breaks its sequence.
   *
   * @param timeout for all of it
   * @return the names of the topics that were missing
   * @throws TopicSetupException if it does not succeed in time, or a topic that must have one
   *     partition has several
   */
  public static List<String> createAndAwait(
      Admin admin, Topics topics, TopicLayout layout, Duration timeout) {
    TopicCreation creation = new TopicCreation(admin, timeout);
    List<String> created = creation.create(topics.definitions(layout));
    creation.awaitLeaders(creation.partitions(topics));
    return created;
  }

  /**
   * A topic with other partitions than the layout gives it.
   *
   * @param partitions that it has
   * @param needed that the layout gives it
   */
  public record OtherPartitions(String topic, int partitions, int needed) {}

  /**
   * The topics that have other partitions than the layout gives them, in the order of their names.
   * Blocks.
   *
   * @throws TopicSetupException if they cannot be described in time
   */
  public static List<OtherPartitions> otherPartitions(
      Admin admin, Topics topics, TopicLayout layout, Duration timeout) {
    Map<String, Integer> needed = new HashMap<>();
    topics.definitions(layout).forEach(topic -> needed.put(topic.name(), topic.numPartitions()));
    return new TopicCreation(admin, timeout)
        .describe(topics.all()).stream()
            .map(
                topic ->
                    new OtherPartitions(
                        topic.name(),
                        topic.partitions().size(),
                        Objects.requireNonNull(needed.get(topic.name()))))
            .filter(topic -> topic.partitions() != topic.needed())
            .sorted(Comparator.comparing(OtherPartitions::topic))
            .toList();
  }

  private List<String> create(Collection<NewTopic> topics) {
    Map<String, KafkaFuture<Void>> results = admin.createTopics(topics).values();
    List<String> created = new ArrayList<>();
    for (NewTopic topic : topics) {
      Throwable failure = failure(results.get(topic.name()));
      if (failure == null) {
        created.add(topic.name());
      } else if (!(failure instanceof TopicExistsException)) {
        throw new TopicSetupException(
            "topic %s cannot be created: %s".formatted(topic.name(), failure.getMessage()),
            failure);
      }
    }
    return created;
  }

  private List<TopicPartition> partitions(Topics topics) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (TopicDescription topic : describe(topics.all())) {
      int count = topic.partitions().size();
      if (count > 1 && topics.ordered().contains(topic.name())) {
        throw new TopicSetupException(
            "topic %s has %s partitions and must have one: delete it, or choose another prefix"
                .formatted(topic.name(), count),
            null);
      }
      for (int partition = 0; partition < count; partition++) {
        partitions.add(new TopicPartition(topic.name(), partition));
      }
    }
    return partitions;
  }

  private Collection<TopicDescription> describe(List<String> names) {
    Duration pause = FIRST_PAUSE;
    while (true) {
      KafkaFuture<Map<String, TopicDescription>> answer =
          admin.describeTopics(names).allTopicNames();
      Throwable failure = failure(answer);
      if (failure == null) {
        return result(answer).values();
      }
      pause = pauseOrGiveUp("the topics cannot be described", failure, pause);
    }
  }

  private void awaitLeaders(List<TopicPartition> partitions) {
    Map<TopicPartition, OffsetSpec> query = new HashMap<>();
    partitions.forEach(partition -> query.put(partition, OffsetSpec.latest()));
    Duration pause = FIRST_PAUSE;
    while (!query.isEmpty()) {
      @Nullable Throwable last = null;
      var answers = admin.listOffsets(query);
      for (TopicPartition partition : List.copyOf(query.keySet())) {
        Throwable failure = failure(answers.partitionResult(partition));
        if (failure == null) {
          query.remove(partition);
        } else {
          last = failure;
        }
      }
      if (last != null) {
        pause =
            pauseOrGiveUp("no leader answers for " + query.keySet().iterator().next(), last, pause);
      }
    }
  }

  /** Returns the next, longer pause. */
  private Duration pauseOrGiveUp(String what, Throwable failure, Duration pause) {
    if (!(failure instanceof RetriableException) || System.nanoTime() > deadline) {
      throw new TopicSetupException(
          "%s: %s. Check that all brokers are up".formatted(what, failure.getMessage()), failure);
    }
    LockSupport.parkNanos(pause.toNanos());
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }

  private static <T> T result(KafkaFuture<T> succeeded) {
    try {
      return succeeded.get();
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("asked for the result of a failure", e);
    }
  }

  private @Nullable Throwable failure(@Nullable KafkaFuture<?> answer) {
    if (answer == null) {
      return new IllegalStateException("Kafka gave no answer");
    }
    try {
      answer.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      return null;
    } catch (ExecutionException e) {
      return Failures.cause(e);
    } catch (TimeoutException e) {
      return new org.apache.kafka.common.errors.TimeoutException("no broker answers in time");
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
