package io.gapo.streams.kafka;

import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.streams.codec.QuarantinedCodec;
import io.gapo.streams.intake.Quarantine;
import io.gapo.streams.topic.Quarantined;
import io.gapo.streams.topic.RawRecord;
import io.gapo.streams.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Topic {@code quarantine}, as one stage writes it. */
final class KafkaQuarantine implements Quarantine {

  private static final Logger log = LoggerFactory.getLogger(KafkaQuarantine.class);

  private final QuarantinedCodec codec = new QuarantinedCodec();
  private final Stage stage;
  private final Topics topics;
  private final RecordPublisher publisher;
  private final PipelineListener listener;
  private final Clock clock;

  KafkaQuarantine(
      Stage stage,
      Topics topics,
      RecordPublisher publisher,
      PipelineListener listener,
      Clock clock) {
    this.stage = stage;
    this.topics = topics;
    this.publisher = publisher;
    this.listener = listener;
    this.clock = clock;
  }

  @Override
  public CompletionStage<?> put(RawRecord record, String reason) {
    Quarantined quarantined = Quarantined.of(record, stage.text(), reason, clock.instant());
    byte[] key = record.at().id().getBytes(StandardCharsets.UTF_8);
    return publisher
        .publish(new ProducerRecord<>(topics.quarantine(), key, codec.encode(quarantined)))
        .thenRun(
            () -> {
              log.debug("{} put {} in quarantine: {}", stage, record.at(), quarantined.reason());
              listener.quarantined(stage, record.at().topic());
            });
  }
}
