package io.gapo.ops.lineage;

import io.gapo.core.lineage.LineageRecord;
import io.gapo.ops.config.KafkaConfig;
import io.gapo.streams.codec.LineageCodec;
import io.gapo.streams.codec.MalformedRecordException;
import io.gapo.streams.kafka.KafkaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows topic {@code lineage} on a thread of its own, outside of all consumer groups: for whoever
 * watches a run.
 */
public final class LineageTail implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LineageTail.class);
  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Consumer<LineageRecord> reader;
  private final LineageCodec codec = new LineageCodec();
  private final Thread thread;

  private LineageTail(KafkaConsumer<byte[], byte[]> consumer, Consumer<LineageRecord> reader) {
    this.consumer = consumer;
    this.reader = reader;
    this.thread = new Thread(this::follow, "lineage-tail");
    thread.setDaemon(true);
  }

  /**
   * Starts to follow, from the topic's beginning.
   *
   * @param reader receives every record once, in order, on the tail's thread
   */
  public static LineageTail fromBeginning(KafkaConfig kafka, Consumer<LineageRecord> reader) {
    KafkaSettings settings = kafka.access(Optional.empty());
    Map<String, Object> properties = new HashMap<>(settings.reader());
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partition = List.of(new TopicPartition(settings.topics().lineage(), 0));
    consumer.assign(partition);
    consumer.seekToBeginning(partition);
    LineageTail tail = new LineageTail(consumer, reader);
    tail.thread.start();
    return tail;
  }

  private void follow() {
    try (consumer) {
      while (true) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          read(record);
        }
      }
    } catch (WakeupException e) {
      LOG.debug("The lineage is no longer followed");
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    LineageRecord lineage;
    try {
      lineage = codec.decode(record.value());
    } catch (MalformedRecordException e) {
      // The stages quarantine it; whoever only watches leaves it out.
      LOG.warn("Lineage record at offset {} is malformed: {}", record.offset(), e.getMessage());
      return;
    }
    reader.accept(lineage);
  }

  /** Stops; the reader receives nothing afterwards. */
  @Override
  public void close() {
    consumer.wakeup();
    try {
      thread.join(Duration.ofSeconds(10).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
