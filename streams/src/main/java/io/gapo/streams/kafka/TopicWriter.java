package io.gapo.streams.kafka;

import akka.Done;
import io.gapo.streams.codec.RecordCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes one kind of record to its topic.
 *
 * @param key of a record: those of the same key share a partition
 */
public record TopicWriter<T>(
    RecordPublisher publisher, String topic, RecordCodec<T> codec, Function<T, String> key) {

  /** Completes when it is durable. */
  public CompletionStage<Done> write(T value) {
    return publisher.publish(record(value));
  }

  /** Completes when all are. */
  public CompletionStage<Done> writeAll(List<? extends T> values) {
    return publisher.publish(values.stream().map(this::record).toList());
  }

  private ProducerRecord<byte[], byte[]> record(T value) {
    return new ProducerRecord<>(
        topic, key.apply(value).getBytes(StandardCharsets.UTF_8), codec.encode(value));
  }
}
