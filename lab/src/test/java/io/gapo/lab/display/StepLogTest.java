package io.gapo.lab.display;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.lab.exam.EvaluationReport;
import io.gapo.lab.exam.EvaluationReport.Measure;
import io.gapo.lab.exam.EvaluationReport.Unit;
import io.gapo.ops.display.ExampleLineage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepLogTest {

  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
  private static final List<String> OBJECTIVES = List.of("helpful", "harmless");

  private final StepLog log = new StepLog(START);

  @Test
  void timesEachStepFromTheOneBefore() {
    StepFigures first = log.add(step(1, 20)).orElseThrow();
    StepFigures second = log.add(step(2, 30)).orElseThrow();

    assertThat(first.pace().seconds()).isEqualTo(20);
    assertThat(second.pace().seconds()).isEqualTo(10);
    assertThat(second.pace().tokensPerSecond()).isEqualTo(320);
    assertThat(log.steps()).containsExactly(first, second);
  }

  @Test
  void knowsNoTimeOfTheFirstStepFromBeforeThisRun() {
    assertThat(log.add(step(1, -60)).orElseThrow().pace().seconds()).isZero();
    assertThat(log.add(step(2, -50)).orElseThrow().pace().seconds()).isEqualTo(10);
  }

  @Test
  void knowsAStepThatItHasSeen() {
    assertThat(log.add(step(1, 20))).isPresent();
    assertThat(log.add(step(1, 25))).isEmpty();
    assertThat(log.steps()).hasSize(1);
  }

  @Test
  void writesStepsEvaluationAndSettings(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("out.json");
    log.add(step(1, 20));
    EvaluationReport evaluation =
        new EvaluationReport(
            "v0",
            "v1",
            "held-out",
            2,
            List.of(Measure.of("helpful", Unit.SCORE, new double[] {0, 2}, new double[] {1, 3})),
            List.of());

    log.write(file, Optional.of(evaluation), Map.of("training", Map.of("batch-size", 64)));

    JsonNode root = new ObjectMapper().readTree(Files.readString(file));
    JsonNode step = root.at("/steps/0");
    assertThat(step.path("step").asLong()).isEqualTo(1);
    assertThat(step.path("applied_at").textValue()).isEqualTo("2026-11-23T10:00:20Z");
    assertThat(step.properties())
        .extracting(Map.Entry::getKey)
        .containsExactly(
            "step",
            "attempt",
            "applied_at",
            "seconds",
            "tokens_per_second",
            "objectives",
            "pairs",
            "kl",
            "entropy",
            "kl_coefficient",
            "importance_ratio_mean",
            "importance_ratio_max",
            "clip_fraction",
            "trained_tokens",
            "mismatch_kl",
            "effective_sample_size",
            "masked_share",
            "by_token_staleness",
            "staleness_mean",
            "staleness_max",
            "rollouts",
            "response_tokens",
            "kl_weight",
            "duality_gap",
            "gradient_norm",
            "learning_rate",
            "phase_seconds",
            "audit");
    assertThat(step.path("importance_ratio_max").doubleValue()).isEqualTo(1.5);
    assertThat(step.path("staleness_mean").doubleValue()).isEqualTo(0.5);
    assertThat(step.path("masked_share").doubleValue()).isEqualTo(0.0625);
    assertThat(step.at("/by_token_staleness/2/trained_tokens").asLong()).isEqualTo(25);
    assertThat(step.at("/by_token_staleness/2/masked_share").doubleValue()).isEqualTo(0.25);
    assertThat(step.at("/objectives/harmless/mean_score").doubleValue()).isEqualTo(1.5);
    assertThat(step.at("/objectives/harmless/non_negative_share").doubleValue()).isEqualTo(0.75);
    assertThat(step.at("/objectives/harmless/gradient_norm").doubleValue()).isEqualTo(2);
    assertThat(step.at("/objectives/harmless/left_out").isBoolean()).isTrue();
    assertThat(step.at("/pairs/0/cosine").doubleValue()).isZero();
    assertThat(step.at("/pairs/0/second").textValue()).isEqualTo("harmless");
    assertThat(step.at("/phase_seconds/measure").doubleValue()).isEqualTo(0.25);
    assertThat(root.at("/evaluation/measures/0/change/mean").doubleValue()).isEqualTo(1);
    assertThat(root.at("/settings/training/batch-size").intValue()).isEqualTo(64);
    assertThat(directory).isDirectoryNotContaining(path -> path.toString().endsWith(".part"));
  }

  @Test
  void writesNullWhereThereIsNoEvaluation(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("out.json");

    log.write(file, Optional.empty(), Map.of());

    JsonNode root = new ObjectMapper().readTree(Files.readString(file));
    assertThat(root.get("evaluation").isNull()).isTrue();
    assertThat(root.get("steps")).isEmpty();
  }

  @Test
  void namesADirectoryThatIsNotThere(@TempDir Path directory) {
    Path file = directory.resolve("absent").resolve("out.json");

    assertThatThrownBy(() -> log.write(file, Optional.empty(), Map.of()))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(directory.resolve("absent").toString());
  }

  private static VersionLineage step(long version, long second) {
    return ExampleLineage.of(version, START.plusSeconds(second), OBJECTIVES);
  }
}
