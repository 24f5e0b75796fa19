package io.gapo.streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.streams.topic.RawRecord;
import io.gapo.streams.topic.RecordCoordinates;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class RecordIntakeTest {

  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

  private final List<String> received = new ArrayList<>();
  private final PipelineListener listener =
      new PipelineListener() {
        @Override
        public void recordTaken(Stage stage, String topic, Duration age) {
          received.add("%s took of %s after %s".formatted(stage, topic, age));
        }
      };

  @Test
  void tellsHowLongARecordWasOnItsWay() {
    RawRecord taken =
        intake(Instant.EPOCH)
            .take(record(NOW.minusMillis(7).toEpochMilli()))
            .toCompletableFuture()
            .join();

    assertThat(taken.at()).isEqualTo(new RecordCoordinates("gapo.policy-gradients", "id", 0, 3));
    assertThat(received).containsExactly("optimizer took of gapo.policy-gradients after PT0.007S");
  }

  @Test
  void isSilentOfHistory() {
    RecordIntake fromNow = intake(NOW.minusSeconds(1));

    fromNow.take(record(NOW.minusSeconds(2).toEpochMilli()));
    assertThat(received).isEmpty();
    fromNow.take(record(NOW.minusMillis(500).toEpochMilli()));

    assertThat(received).hasSize(1);
  }

  @Test
  void isSilentOfARecordWithoutATime() {
    intake(Instant.EPOCH).take(record(ConsumerRecord.NO_TIMESTAMP));

    assertThat(received).isEmpty();
  }

  @Test
  void takesNoTimeToBeNegative() {
    intake(Instant.EPOCH).take(record(NOW.plusSeconds(1).toEpochMilli()));

    assertThat(received).containsExactly("optimizer took of gapo.policy-gradients after PT0S");
  }

  private RecordIntake intake(Instant since) {
    return new RecordIntake(
        Stage.OPTIMIZER,
        since,
        listener,
        Clock.fixed(NOW, ZoneOffset.UTC),
        new Incarnation(() -> CompletableFuture.completedFuture("id")));
  }

  private static ConsumerRecord<byte[], byte[]> record(long timestamp) {
    byte[] none = {};
    return new ConsumerRecord<>(
        "gapo.policy-gradients",
        0,
        3,
        timestamp,
        TimestampType.CREATE_TIME,
        0,
        0,
        none,
        none,
        new RecordHeaders(),
        Optional.empty());
  }
}
