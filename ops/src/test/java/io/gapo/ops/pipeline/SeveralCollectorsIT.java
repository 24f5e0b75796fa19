package io.gapo.ops.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.typesafe.config.Config;
import io.gapo.broker.EmbeddedBroker;
import io.gapo.core.combine.CountSketch;
import io.gapo.core.combine.LinearGradients;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.port.Stage;
import io.gapo.core.ppo.KlTarget;
import io.gapo.core.ppo.LossAggregation;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.step.BatchUnion;
import io.gapo.core.step.StepStatistics;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.metrics.Health;
import io.gapo.streams.codec.MalformedRecordException;
import io.gapo.streams.codec.ObjectiveGradientsCodec;
import io.gapo.streams.history.AuditReport;
import io.gapo.streams.kafka.TopicReader;
import io.gapo.streams.topic.RawRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two gradient collectors, as processes would be, with the demo's models and a real broker. */
@Tag("integration")
class SeveralCollectorsIT {

  private static final int BATCH = PipelineInputs.BATCH;
  private static final CountSketch SKETCH = new CountSketch(4096, 7);
  private static final KlTarget KL_TARGET = new KlTarget(0.02, 0.001, 200);
  private static final Set<Stage> COLLECTOR = EnumSet.of(Stage.GRADIENT_COLLECTOR);

  private final EmbeddedBroker broker;
  private final Path checkpoints;
  private final PipelineWatch watch = new PipelineWatch();

  SeveralCollectorsIT(@TempDir Path directory) {
    this.broker = EmbeddedBroker.open(directory.resolve("kafka"), 0);
    this.checkpoints = directory.resolve("checkpoints");
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  @Test
  void sketchTheirGradientsAndMakeVersionsTogetherAlsoWhenOneStartsAgain() throws Exception {
    // Nothing is short enough to be sent exactly.
    Map<String, Object> sketching =
        Map.of(
            "gapo.training.gradient-sum.exact-bytes",
            0,
            "gapo.training.gradient-sum.sketch-width",
            SKETCH.width(),
            "gapo.training.gradient-sum.sketch-seed",
            SKETCH.seed(),
            "gapo.training.max-staleness",
            8,
            "gapo.training.ratio-correction.kind",
            "token-mask",
            "gapo.training.loss-aggregation",
            "token-mean",
            "gapo.training.kl-coefficient",
            KL_TARGET.initial(),
            "gapo.training.kl-target.value",
            KL_TARGET.target(),
            "gapo.training.kl-target.horizon",
            KL_TARGET.horizon());
    Config first = settings("collector-0", sketching);
    Config second = settings("collector-1", sketching);
    GapoConfig config = GapoConfig.from(first);
    PipelineInputs.createTopics(config);
    PipelineInputs.feed(config, 0, 120);

    try (Pipeline stages = start(first, EnumSet.allOf(Stage.class))) {
      try (Pipeline joining = start(second, COLLECTOR)) {
        watch.awaitUntil("three versions are made", joining, () -> watch.version() >= 3);
      }
      long stoppedAt = watch.version();
      try (Pipeline again = start(second, COLLECTOR)) {
        watch.awaitUntil(
            "three more versions are made", again, () -> watch.version() >= stoppedAt + 3);
      }
      assertThat(stages.failure()).isNotDone();
    }

    assertAccountAgrees(config, 6);
    assertThat(contributions(config)).extracting(LinearGradients::sketch).containsOnly(SKETCH);
    assertCorrectedAlike(watch.made());
  }

  /** Also the collector that has started again goes on with the penalty that the lineage says. */
  private static void assertCorrectedAlike(List<VersionLineage> made) {
    double expected = KL_TARGET.initial();
    for (VersionLineage lineage : made) {
      StepStatistics statistics = lineage.statistics();
      assertThat(statistics.policy().klCoefficient())
          .as("of %s", lineage.version())
          .isCloseTo(expected, withinPercentage(1e-9));
      expected =
          KL_TARGET.after(
              statistics.policy().klCoefficient(), statistics.policy().kl(), statistics.rollouts());
      assertThat(statistics.aggregation()).isEqualTo(LossAggregation.TOKEN_MEAN);
      assertThat(statistics.ratios().tokens().tokens()).isEqualTo(statistics.responseTokens());
      assertThat(statistics.ratios().byStaleness().keySet())
          .allMatch(staleness -> staleness <= statistics.staleness().max());
    }
  }

  @Test
  void sendTheirGradientsExactlyWhereThatIsShortEnough() throws Exception {
    // One objective's last layer goes into a record; two objectives' do not.
    Map<String, Object> alone =
        Map.of(
            "gapo.objectives",
            List.of(
                PipelineInputs.objective(
                    "helpful", "reward-scorer", PipelineInputs.MODELS.resolve("reward"), false)));
    Config first = settings("collector-0", alone);
    GapoConfig config = GapoConfig.from(first);
    PipelineInputs.createTopics(config);
    PipelineInputs.feed(config, 0, 60);

    try (Pipeline stages = start(first, EnumSet.allOf(Stage.class));
        Pipeline joining = start(settings("collector-1", alone), COLLECTOR)) {
      watch.awaitUntil("three versions are made", joining, () -> watch.version() >= 3);
      assertThat(stages.failure()).isNotDone();
    }

    assertAccountAgrees(config, 3);
    assertThat(contributions(config)).isNotEmpty().allMatch(each -> each.sketch() == null);
  }

  /** What was made, what the topics say of it, and what the quota let through are one story. */
  private void assertAccountAgrees(GapoConfig config, int versions) {
    List<VersionLineage> made = watch.made();
    assertThat(made)
        .extracting(lineage -> lineage.version().number())
        .hasSizeGreaterThanOrEqualTo(versions)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, made.size()).boxed().toList());
    assertThat(made).allMatch(lineage -> lineage.rollouts().size() >= BATCH);
    List<String> trained =
        made.stream()
            .flatMap(lineage -> lineage.rollouts().stream())
            .map(RolloutReference::id)
            .toList();
    assertThat(trained).doesNotHaveDuplicates();
    AuditReport audit = PipelineInputs.audit(config);
    assertThat(audit.problems()).isEmpty();
    assertThat(audit.rollouts().trained()).isEqualTo(trained.size());
    List<BatchUnion> unions =
        made.stream().flatMap(lineage -> Stream.ofNullable(lineage.direction().union())).toList();
    assertThat(unions).hasSizeGreaterThanOrEqualTo(made.size() / 2);
    assertThat(unions).allMatch(union -> union.parts() == 2);
  }

  private Config settings(String instance, Map<String, Object> changes) {
    Map<String, Object> two = new HashMap<>(changes);
    two.put("gapo.training.collectors", 2);
    two.put("gapo.training.gradient-sum.short-batch-after", "1s");
    two.put("gapo.delivery.patience", "2s");
    two.put("gapo.instance", instance);
    return PipelineInputs.settings(broker, checkpoints, two);
  }

  private Pipeline start(Config root, Set<Stage> roles) {
    return Pipeline.start(root, GapoConfig.from(root), roles, watch, new Health());
  }

  private static List<LinearGradients> contributions(GapoConfig config) {
    ObjectiveGradientsCodec codec = new ObjectiveGradientsCodec();
    List<RawRecord> records = new ArrayList<>();
    new TopicReader(config.kafka().access(Optional.empty()))
        .readAll(config.kafka().topics().objectiveGradients(), records::add);
    List<LinearGradients> contributions = new ArrayList<>();
    for (RawRecord each : records) {
      try {
        codec.decode(each.value()).measured().linear().ifPresent(contributions::add);
      } catch (MalformedRecordException e) {
        throw new AssertionError(each.at() + " is not readable", e);
      }
    }
    return contributions;
  }
}
