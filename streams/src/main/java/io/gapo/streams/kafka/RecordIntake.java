package io.gapo.streams.kafka;

import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.streams.topic.RawRecord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Where a stage takes a record from Kafka: tells the listener how long the record was on its way.
 *
 * @param stage whose name the listener receives
 * @param since older records are history, which says nothing of the way
 * @param clock says when a record is taken
 * @param incarnation of the topic that is read
 */
record RecordIntake(
    Stage stage, Instant since, PipelineListener listener, Clock clock, Incarnation incarnation) {

  /** The record as it came; to be asked for the next one when this one is there. */
  CompletionStage<RawRecord> take(ConsumerRecord<byte[], byte[]> record) {
    // Kafka has -1 where there is no time.
    if (record.timestamp() >= 0 && record.timestamp() >= since.toEpochMilli()) {
      long age = clock.millis() - record.timestamp();
      // The writer's clock may be ahead of this one.
      listener.recordTaken(stage, record.topic(), Duration.ofMillis(Math.max(0, age)));
    }
    return incarnation
        .of(record.partition(), record.offset())
        .thenApply(topicId -> TopicReader.raw(record, topicId));
  }
}
