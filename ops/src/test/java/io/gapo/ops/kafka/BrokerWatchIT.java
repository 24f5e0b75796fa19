package io.gapo.ops.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gapo.broker.EmbeddedBroker;
import io.gapo.ops.config.ConfigFiles;
import io.gapo.ops.config.KafkaConfig;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A broker that stops, and one that takes its place. */
@Tag("integration")
class BrokerWatchIT {

  private static final Duration PATIENCE = Duration.ofMillis(300);

  private final Logger logger = (Logger) LoggerFactory.getLogger(BrokerWatch.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final SettableClock clock = new SettableClock();

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
    logger.setLevel(Level.INFO);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(log);
    logger.setLevel(null);
  }

  @Test
  void namesTheBrokerThatDoesNotAnswerAndSaysWhenItDoes(@TempDir Path directory) {
    EmbeddedBroker broker = EmbeddedBroker.open(directory, 0);
    String servers = broker.bootstrapServers();
    try (Cluster cluster = Cluster.connect(connection(servers));
        BrokerWatch watch =
            new BrokerWatch(servers, () -> cluster.problem(PATIENCE), () -> {}, clock)) {
      watch.look();
      broker.close();
      watch.look();
      assertThat(said()).as("may be a broker that only starts again").isEmpty();

      clock.now = clock.now.plusSeconds(10);
      watch.look();
      watch.look();
      assertThat(said())
          .containsExactly(
              "WARN Kafka at %s has not answered since 12:00:00, for 10s: no broker can be reached: see that it runs; the stages wait, and continue when it does"
                  .formatted(servers));

      clock.now = clock.now.plusSeconds(20);
      int port = Integer.parseInt(servers.substring(servers.indexOf(':') + 1));
      try (EmbeddedBroker again = EmbeddedBroker.open(directory, port)) {
        while (cluster.problem(PATIENCE).isPresent()) {
          Thread.onSpinWait();
        }
        watch.look();
        watch.look();
        assertThat(again.bootstrapServers()).isEqualTo(servers);
      }
      assertThat(said().subList(1, said().size()))
          .containsExactly("INFO Kafka at %s answers again, after 30s".formatted(servers));
    } finally {
      broker.close();
    }
  }

  private List<String> said() {
    return log.list.stream()
        .map(event -> event.getLevel() + " " + event.getFormattedMessage())
        .toList();
  }

  private static KafkaConfig connection(String servers) {
    return KafkaConfig.from(
        ConfigFiles.load(
            Optional.empty(), Map.of("gapo.kafka.bootstrap-servers", servers), Map.of()));
  }

  /** Stands still unless it is set. */
  private static final class SettableClock extends Clock {

    private Instant now = Instant.parse("2026-12-01T12:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException("this clock is of one zone");
    }
  }
}
