package io.gapo.streams.kafka;

import io.gapo.core.settings.DurationText;
import io.gapo.streams.topic.RawRecord;
import io.gapo.streams.topic.RecordCoordinates;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads topics from one point to another, as they are when it is called, outside of all groups. Its
 * methods block, and throw Kafka's own exceptions.
 */
public final class TopicReader {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final int FETCH_WAIT_MS = 10;
  private static final int LOOK_BACK_FACTOR = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final KafkaSettings settings;

  public TopicReader(KafkaSettings settings) {
    this.settings = settings;
  }

  /**
   * A part of a partition.
   *
   * @param begin offset of its first record
   * @param end offset after its last record
   */
  public record Range(long begin, long end) {

    public boolean isEmpty() {
      return begin >= end;
    }

    private Range clip(long from, long until) {
      return new Range(Math.max(begin, from), Math.min(end, until));
    }
  }

  /** What a topic holds, by partition. */
  public Map<Integer, Range> ranges(String topic) {
    try (KafkaConsumer<byte[], byte[]> consumer = open(settings.reader())) {
      return ranges(consumer, topic);
    }
  }

  /**
   * What a partition holds that arrives at a reader: ends after its last record. Behind that may be
   * offsets of aborted records and of the markers that end transactions, so whoever waits for the
   * last record must not wait for the partition's end.
   */
  public Range readable(String topic, int partition) {
    try (KafkaConsumer<byte[], byte[]> consumer = open(settings.reader())) {
      Range all = ranges(consumer, topic).getOrDefault(partition, new Range(0, 0));
      TopicPartition source = new TopicPartition(topic, partition);
      consumer.assign(Set.of(source));
      long until = all.end();
      for (long length = 1; until > all.begin(); length *= LOOK_BACK_FACTOR) {
        Range part = new Range(Math.max(all.begin(), until - length), until);
        AtomicLong end = new AtomicLong(all.begin());
        consumer.seek(source, part.begin());
        readToTheEnds(consumer, Map.of(source, part), record -> end.set(record.offset() + 1));
        if (end.get() > all.begin()) {
          return new Range(all.begin(), end.get());
        }
        until = part.begin();
      }
      return new Range(all.begin(), all.begin());
    }
  }

  /** The offsets that a group has committed, by partition; what it has not committed is missing. */
  public Map<Integer, Long> committed(String group, String topic) {
    Map<String, String> member = new HashMap<>(settings.reader());
    member.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    try (KafkaConsumer<byte[], byte[]> consumer = open(member)) {
      Map<Integer, Long> offsets = new HashMap<>();
      consumer
          .committed(partitions(consumer, topic))
          .forEach(
              (partition, committed) -> {
                if (committed != null) {
                  offsets.put(partition.partition(), committed.offset());
                }
              });
      return offsets;
    }
  }

  /** Reads all that a topic holds; returns the offset after it, by partition. */
  public Map<Integer, Long> readAll(String topic, Consumer<RawRecord> each) {
    return read(topic, Map.of(), Map.of(), each);
  }

  /**
   * Reads a part of what a topic holds, each partition in order.
   *
   * @param from where to begin, by partition; at the begin where nothing is said
   * @param until where to end, by partition; at the end where nothing is said
   * @return the offset after what was read, by partition
   */
  public Map<Integer, Long> read(
      String topic, Map<Integer, Long> from, Map<Integer, Long> until, Consumer<RawRecord> each) {
    String topicId = topicId(topic);
    try (KafkaConsumer<byte[], byte[]> consumer = open(settings.reader())) {
      Map<Integer, Long> next = new HashMap<>();
      Map<TopicPartition, Range> parts = new HashMap<>();
      ranges(consumer, topic)
          .forEach(
              (partition, range) -> {
                Range part =
                    range.clip(
                        from.getOrDefault(partition, range.begin()),
                        until.getOrDefault(partition, range.end()));
                next.put(partition, Math.max(part.begin(), part.end()));
                if (!part.isEmpty()) {
                  parts.put(new TopicPartition(topic, partition), part);
                }
              });
      consumer.assign(parts.keySet());
      parts.forEach((partition, part) -> consumer.seek(partition, part.begin()));
      readToTheEnds(consumer, parts, record -> each.accept(raw(record, topicId)));
      return next;
    }
  }

  /**
   * Where to begin so that nothing is missed that was written at this time or later, by partition;
   * what was written earlier may come too, since writers' clocks differ.
   */
  public Map<Integer, Long> since(String topic, Instant time) {
    try (KafkaConsumer<byte[], byte[]> consumer = open(settings.reader())) {
      Map<Integer, Long> begins = new HashMap<>();
      ranges(consumer, topic).forEach((partition, range) -> begins.put(partition, range.end()));
      consumer
          .offsetsForTimes(
              partitions(consumer, topic).stream()
                  .collect(Collectors.toMap(each -> each, each -> time.toEpochMilli())))
          .forEach(
              (partition, found) -> {
                if (found != null) {
                  begins.put(partition.partition(), found.offset());
                }
              });
      return begins;
    }
  }

  /** The id that Kafka gives a topic now; another once it is deleted and created again. */
  public String topicId(String topic) {
    try (TopicIds ids = TopicIds.open(settings)) {
      return ids.of(topic).toCompletableFuture().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof KafkaException known ? known : e;
    }
  }

  /** As Kafka's consumer has it, in our terms. */
  static RawRecord raw(ConsumerRecord<byte[], byte[]> record, String topicId) {
    // Kafka is not annotated: both may be null.
    byte @Nullable [] key = record.key();
    byte @Nullable [] value = record.value();
    return new RawRecord(
        new RecordCoordinates(record.topic(), topicId, record.partition(), record.offset()),
        key,
        value,
        record.timestamp());
  }

  private static void readToTheEnds(
      KafkaConsumer<byte[], byte[]> consumer,
      Map<TopicPartition, Range> parts,
      Consumer<ConsumerRecord<byte[], byte[]>> each) {
    Map<TopicPartition, Range> open = new HashMap<>(parts);
    Map<TopicPartition, Long> positions = Map.of();
    long giveUpAt = System.nanoTime() + PATIENCE.toNanos();
    while (!open.isEmpty()) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        Range part = open.get(new TopicPartition(record.topic(), record.partition()));
        if (part != null && record.offset() < part.end()) {
          each.accept(record);
        }
      }
      // The position also passes what never arrives: aborted records, and transactions' markers.
      Map<TopicPartition, Long> reached =
          open.keySet().stream().collect(Collectors.toMap(part -> part, consumer::position));
      open.entrySet()
          .removeIf(part -> reached.getOrDefault(part.getKey(), 0L) >= part.getValue().end());
      if (!reached.equals(positions)) {
        positions = reached;
        giveUpAt = System.nanoTime() + PATIENCE.toNanos();
      } else if (System.nanoTime() > giveUpAt) {
        throw new TimeoutException(
            "no record of %s arrived within %s"
                .formatted(open.keySet(), DurationText.of(PATIENCE)));
      }
    }
  }

  private static Map<Integer, Range> ranges(KafkaConsumer<byte[], byte[]> consumer, String topic) {
    Set<TopicPartition> partitions = partitions(consumer, topic);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<Integer, Range> ranges = new HashMap<>();
    consumer
        .beginningOffsets(partitions)
        .forEach(
            (partition, begin) ->
                ranges.put(
                    partition.partition(), new Range(begin, ends.getOrDefault(partition, begin))));
    return ranges;
  }

  private static Set<TopicPartition> partitions(
      KafkaConsumer<byte[], byte[]> consumer, String topic) {
    @Nullable List<PartitionInfo> found = consumer.partitionsFor(topic);
    if (found == null || found.isEmpty()) {
      throw new UnknownTopicOrPartitionException("there is no topic " + topic);
    }
    return found.stream()
        .map(info -> new TopicPartition(topic, info.partition()))
        .collect(Collectors.toSet());
  }

  private static KafkaConsumer<byte[], byte[]> open(Map<String, String> properties) {
    Map<String, Object> impatient = new HashMap<>(properties);
    // Closing waits for a fetch that is under way, and at the end of a topic nothing comes.
    impatient.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MS);
    return new KafkaConsumer<>(impatient, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
