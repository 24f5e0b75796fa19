package io.gapo.ops.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import io.gapo.broker.EmbeddedBroker;
import io.gapo.core.port.Stage;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.metrics.Health;
import io.gapo.streams.history.AuditReport;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole run with an objective that a service scores, which fails in every way. */
@Tag("integration")
class ServedObjectiveIT {

  private static final int PROMPTS = 60;
  private static final int SAMPLES = 2;

  private final EmbeddedBroker broker;
  private final Path checkpoints;
  private final UnreliableScorer scorer = new UnreliableScorer();
  private final PipelineWatch watch = new PipelineWatch();

  ServedObjectiveIT(@TempDir Path directory) {
    this.broker = EmbeddedBroker.open(directory.resolve("kafka"), 0);
    this.checkpoints = directory.resolve("checkpoints");
  }

  @AfterEach
  void stop() {
    scorer.close();
    broker.close();
  }

  @Test
  void everyPromptIsTrainedStaleOrQuarantinedAndNoFailureIsAScore() throws Exception {
    Config root = settings();
    GapoConfig config = GapoConfig.from(root);
    PipelineInputs.createTopics(config);
    PipelineInputs.feed(config, 0, PROMPTS);
    int unknown =
        (int)
            IntStream.range(0, PROMPTS)
                .filter(number -> UnreliableScorer.isUnknown("p" + number))
                .count();

    try (Pipeline stages =
        Pipeline.start(root, config, EnumSet.allOf(Stage.class), watch, new Health())) {
      watch.awaitUntil(
          "all is sampled and less than a batch waits",
          stages,
          () ->
              watch.finished() >= PROMPTS * SAMPLES
                  && watch.rewardless() >= PROMPTS * SAMPLES
                  && watch.outstanding() < PipelineInputs.BATCH);
    }

    AuditReport audit = PipelineInputs.audit(config);
    assertThat(audit.problems()).isEmpty();
    assertThat(audit.rollouts().total()).isEqualTo((long) PROMPTS * SAMPLES);
    assertThat(audit.rollouts().waiting()).isLessThan(PipelineInputs.BATCH);
    assertThat(audit.rollouts().quarantined()).isGreaterThanOrEqualTo((long) unknown * SAMPLES);
    assertThat(audit.rollouts().trained())
        .as("no prompt has a label, which what is only watched would need")
        .isPositive();
    assertThat(audit.quarantined().get(config.kafka().topics().rollouts()))
        .isEqualTo((long) PROMPTS * SAMPLES);
    assertThat(watch.made())
        .isNotEmpty()
        .allSatisfy(
            made ->
                assertThat(made.statistics().meanScores().get(0))
                    .as("no failed score counts as 0")
                    .isGreaterThanOrEqualTo(1));
  }

  private Config settings() {
    return PipelineInputs.settings(
        broker,
        checkpoints,
        Map.of(
            "gapo.objectives",
            List.of(
                Map.of(
                    "name",
                    "served",
                    "scored-by",
                    "cost-scorer",
                    "http",
                    Map.of(
                        "url",
                        scorer.url(),
                        "min-backoff",
                        "1ms",
                        "max-backoff",
                        "5ms",
                        "probe-every",
                        "10ms")),
                Map.of(
                    "name",
                    "concise",
                    "scored-by",
                    "reward-scorer",
                    "rule",
                    Map.of("kind", "conciseness", "target-tokens", 10)),
                Map.of(
                    "name",
                    "correct",
                    "scored-by",
                    "reward-scorer",
                    "watch-only",
                    true,
                    "rule",
                    Map.of("kind", "exact-match")))));
  }
}
