package io.gapo.ops.kafka;

import io.gapo.core.settings.DurationText;
import io.gapo.ops.config.KafkaConfig;
import io.gapo.ops.kafka.Outage.Notice;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Kafka all the time whether it answers, and logs since when it does not, ever more rarely,
 * and when it does again. Kafka's own clients say only which of their connections failed.
 */
public final class BrokerWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BrokerWatch.class);

  private static final Duration ASK_EVERY = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

  private final String servers;
  private final Supplier<Optional<String>> problem;
  private final Runnable disconnect;
  private final Clock clock;
  private final Outage outage = new Outage();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "broker-watch");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param servers as the settings name them
   * @param problem asks Kafka, and says why it does not answer if it does not
   * @param clock whose zone the log's times are of
   */
  BrokerWatch(
      String servers, Supplier<Optional<String>> problem, Runnable disconnect, Clock clock) {
    this.servers = servers;
    this.problem = problem;
    this.disconnect = disconnect;
    this.clock = clock;
  }

  /**
   * Starts to watch.
   *
   * @throws KafkaUnavailableException if Kafka does not answer now
   */
  public static BrokerWatch start(KafkaConfig kafka) {
    Cluster cluster = Cluster.connect(kafka);
    BrokerWatch watch =
        new BrokerWatch(
            kafka.bootstrapServers(),
            () -> cluster.problem(PATIENCE),
            cluster::close,
            Clock.system(ZoneId.systemDefault()));
    ScheduledFuture<?> unused =
        watch.timer.scheduleWithFixedDelay(
            watch::look, ASK_EVERY.toMillis(), ASK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    return watch;
  }

  /** Asks once, and logs what is new. */
  void look() {
    Instant asked = clock.instant();
    Optional<String> found;
    try {
      found = problem.get();
    } catch (InterruptException e) {
      return; // closed meanwhile
    }
    Instant now = clock.instant();
    if (found.isPresent()) {
      outage.failed(asked, now).ifPresent(notice -> warn(notice, found.get()));
    } else {
      outage
          .answered(now)
          .ifPresent(
              notice ->
                  LOG.info(
                      "Kafka at {} answers again, after {}",
                      servers,
                      DurationText.rounded(notice.lasted())));
    }
  }

  private void warn(Notice notice, String why) {
    LOG.warn(
        "Kafka at {} has not answered since {}, for {}: {}; the stages wait, and continue when it does",
        servers,
        TIME.format(notice.since().atZone(clock.getZone())),
        DurationText.rounded(notice.lasted()),
        why);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    disconnect.run();
  }
}
