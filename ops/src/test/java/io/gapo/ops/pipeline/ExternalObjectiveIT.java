package io.gapo.ops.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.Config;
import io.gapo.actors.collector.GradientCollector;
import io.gapo.broker.EmbeddedBroker;
import io.gapo.core.port.Stage;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.metrics.Health;
import io.gapo.streams.history.AuditReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A whole run with an objective that a process scores which is none of ours, and comes late. */
@Tag("integration")
class ExternalObjectiveIT {

  private static final String OUTSIDE = "outside";
  private static final int PROMPTS = 40;
  private static final int SAMPLES = 2;

  private final EmbeddedBroker broker;
  private final Path checkpoints;
  private final PipelineWatch watch = new PipelineWatch();
  private final Logger logger = (Logger) LoggerFactory.getLogger(GradientCollector.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  ExternalObjectiveIT(@TempDir Path directory) {
    this.broker = EmbeddedBroker.open(directory.resolve("kafka"), 0);
    this.checkpoints = directory.resolve("checkpoints");
  }

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(log);
    broker.close();
  }

  @Test
  void isNamedWhileItsScorerIsAwayAndTrainedOnWhenThatComes() throws Exception {
    Config root = settings();
    GapoConfig config = GapoConfig.from(root);
    PipelineInputs.createTopics(config);
    PipelineInputs.feed(config, 0, PROMPTS);
    long unscorable =
        IntStream.range(0, PROMPTS).filter(i -> OutsideScorer.isUnscorable("p" + i)).count();

    try (Pipeline stages =
        Pipeline.start(root, config, EnumSet.allOf(Stage.class), watch, new Health())) {
      watch.awaitUntil("its absence is named", stages, () -> logged("is overdue") == 1);
      assertThat(watch.longestWait(OUTSIDE)).isGreaterThan(Duration.ofMillis(200));
      assertThat(watch.version()).isZero();

      try (OutsideScorer scorer = new OutsideScorer(config, OUTSIDE)) {
        assertThat(scorer).isNotNull();
        watch.awaitUntil(
            "all is sampled and less than a batch waits",
            stages,
            () ->
                watch.finished() >= PROMPTS * SAMPLES
                    && watch.outstanding() < PipelineInputs.BATCH);
      }
    }

    AuditReport audit = PipelineInputs.audit(config);
    assertThat(audit.problems()).isEmpty();
    assertThat(audit.rollouts().total()).isEqualTo((long) PROMPTS * SAMPLES);
    assertThat(audit.rollouts().waiting()).isLessThan(PipelineInputs.BATCH);
    assertThat(audit.rollouts().quarantined()).isEqualTo(unscorable * SAMPLES);
    assertThat(watch.made())
        .isNotEmpty()
        .allSatisfy(
            made ->
                assertThat(made.statistics().meanScores().get(0))
                    .as("what is no score counts as no number")
                    .isGreaterThanOrEqualTo(1));
    assertThat(watch.meanScores(OUTSIDE)).isNotEmpty().allMatch(mean -> mean >= 1);
    assertThat(logged("No rollout waits for a score of objective 'outside'")).isPositive();
  }

  private long logged(String part) {
    return List.copyOf(log.list).stream()
        .filter(event -> event.getFormattedMessage().contains(part))
        .count();
  }

  private Config settings() {
    return PipelineInputs.settings(
        broker,
        checkpoints,
        Map.of(
            "gapo.scoring.overdue-after",
            "200ms",
            "gapo.objectives",
            List.of(
                Map.of("name", OUTSIDE, "external", Map.of()),
                Map.of(
                    "name",
                    "concise",
                    "scored-by",
                    "reward-scorer",
                    "overdue-after",
                    "10m",
                    "rule",
                    Map.of("kind", "conciseness", "target-tokens", 10)))));
  }
}
