package io.gapo.lab.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import io.gapo.lab.demo.DemoDirectory;
import io.gapo.lab.demo.DemoModels;
import io.gapo.lab.display.StepFigures;
import io.gapo.lab.report.RunResult;
import io.gapo.lab.world.Split;
import io.gapo.ops.config.ConfigFiles;
import io.gapo.ops.config.GapoConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a comparison takes from an earlier one, with nothing left to train. */
class ComparisonRunTest {

  private static final Path MODELS = Path.of("..", "demo");
  private static final List<String> OBJECTIVES = List.of("helpful", "harmless");
  private static final Map<String, Object> UNCHANGED = Map.of();

  @TempDir private Path out = Path.of("set by JUnit");

  private final List<String> begun = new ArrayList<>();

  @Test
  void usesAgainWhatWasMadeWithTheSameSettings() throws Exception {
    keepAll(plan(2, 4), UNCHANGED);

    List<RunResult> results = run(plan(2, 4), Map.of("gapo.metrics.port", 7)).orElseThrow();

    assertThat(results).extracting(RunResult::label).containsExactly("SFT", "MGDA");
    assertThat(begun).containsExactly("SFT known", "MGDA known");
  }

  @Test
  void examinesAndKeepsThePolicyThatTrainingStartsFrom() throws Exception {
    ComparisonPlan untrained = plan(List.of(), 2, 4);

    RunResult first = run(untrained, UNCHANGED).orElseThrow().get(0);
    RunResult second = run(untrained, UNCHANGED).orElseThrow().get(0);

    assertThat(second).isEqualTo(first);
    assertThat(begun).containsExactly("SFT", "SFT known");
  }

  @Test
  void numbersAreTheSameHoweverTheyAreWritten() throws Exception {
    keepAll(plan(2, 4), Map.of("gapo.training.kl-coefficient", "0.020"));

    assertThat(run(plan(2, 4), Map.of("gapo.training.kl-coefficient", 0.02))).isPresent();
  }

  @Test
  void refusesAResultOfOtherSettingsBeforeAnythingRuns() throws Exception {
    keepAll(plan(2, 4), UNCHANGED);

    assertThatThrownBy(() -> run(plan(2, 4), Map.of("gapo.training.kl-coefficient", 0.5)))
        .isInstanceOf(OtherSettingsException.class)
        .hasMessage(
            out.resolve("results/mgda-seed1.json")
                + " was made with gapo.training.kl-coefficient = 0.02, and now it is 0.5: choose"
                + " another --out, or delete that file");
    assertThat(begun).isEmpty();
  }

  @Test
  void refusesAResultOfOtherStepsPromptsOrSamples() throws Exception {
    keepAll(plan(15, 4), UNCHANGED);

    assertThatThrownBy(() -> run(plan(2, 4), UNCHANGED))
        .hasMessageContaining("mgda-seed1.json was made with --steps = 15, and now it is 2");
    assertThatThrownBy(() -> run(plan(15, 5), UNCHANGED))
        .hasMessageContaining("sft.json was made with --prompts = 4, and now it is 5");
    assertThatThrownBy(() -> run(plan(15, 4), Map.of("gapo.policy.lora.rank", 4)))
        .hasMessageContaining("gapo.policy.lora.rank = nothing, and now it is 4");
  }

  @Test
  void refusesAResultOfAnotherModelAndNotOfTheSameOneElsewhere(@TempDir Path elsewhere)
      throws Exception {
    keepAll(plan(2, 4), UNCHANGED);
    try (Stream<Path> files = Files.list(MODELS.resolve("policy"))) {
      for (Path file : files.toList()) {
        Files.copy(file, elsewhere.resolve(file.getFileName()));
      }
    }
    Map<String, Object> moved = Map.of("gapo.policy.directory", elsewhere.toString());

    assertThat(run(plan(2, 4), moved)).isPresent();

    Files.writeString(elsewhere.resolve("generation_config.json"), "{}");
    assertThatThrownBy(() -> run(plan(2, 4), moved))
        .hasMessageContaining("sft.json was made with gapo.policy.directory = model ");
  }

  @Test
  void refusesAFileThatDoesNotSayWhatItWasMadeWithOrIsNotJson() throws Exception {
    Path file = Files.createDirectories(out.resolve("results")).resolve("sft.json");
    Files.writeString(file, "{\"method\": \"\"}");
    assertThatThrownBy(() -> run(plan(2, 4), UNCHANGED))
        .isInstanceOf(OtherSettingsException.class)
        .hasMessageContaining("sft.json does not say what settings it was made with: choose");

    Files.writeString(file, "{");
    assertThatThrownBy(() -> run(plan(2, 4), UNCHANGED)).hasMessageContaining("is not JSON");
  }

  @Test
  void goesOnWithAnInterruptedRunOfTheSameSettingsOnly() throws Exception {
    DemoDirectory files = new DemoDirectory(out);
    Provenance provenance = new Provenance(Map.of("--steps", "15"));
    files.prepare();

    PipelineTraining.claim(files, provenance);
    Files.createDirectories(files.checkpoints());
    PipelineTraining.claim(files, provenance);

    assertThatThrownBy(() -> PipelineTraining.claim(files, new Provenance(Map.of("--steps", "40"))))
        .hasMessageContaining("--steps = 15, and now it is 40")
        .hasMessageContaining("delete " + out + ", a run that was interrupted");
    Files.delete(out.resolve("made-with.json"));
    assertThatThrownBy(() -> PipelineTraining.claim(files, provenance))
        .hasMessageContaining(out + " does not say what settings it was made with");
  }

  @Test
  void everyResultOfAFrontierHasAProvenance() throws IOException {
    ComparisonPlan plan =
        new ComparisonPlan(
            List.of(),
            List.of(0.4),
            ComparisonPlan.FRONTIER_METHODS,
            List.of(1L, 2L),
            5,
            15,
            Split.HELD_OUT,
            4);

    Map<String, Provenance> all = provenances(plan, UNCHANGED);

    assertThat(all.keySet())
        .contains(
            "sft",
            "soup-helpful0.400-harmless0.600-seed2",
            "conditioned-morlhf-seed1",
            "conditioned-morlhf-helpful0.400-harmless0.600-seed2");
    assertThat(madeWith(all, "conditioned-morlhf-seed1")).containsEntry("--steps", "15");
    assertThat(madeWith(all, "soup-helpful0.400-harmless0.600-seed2"))
        .containsEntry("--steps", "5")
        .containsEntry("gapo.sampling.seed", "2")
        .doesNotContainKeys("gapo.metrics.port", "gapo.kafka.bootstrap-servers");
  }

  private static Map<String, String> madeWith(Map<String, Provenance> all, String name) {
    return Objects.requireNonNull(all.get(name)).madeWith();
  }

  private static ComparisonPlan plan(int steps, int prompts) {
    return plan(List.of(Contestant.parse("mgda", OBJECTIVES)), steps, prompts);
  }

  private static ComparisonPlan plan(List<Contestant> contestants, int steps, int prompts) {
    return new ComparisonPlan(
        contestants, List.of(), List.of(), List.of(1L), steps, steps, Split.HELD_OUT, prompts);
  }

  /** As if everything had been trained and examined. */
  private void keepAll(ComparisonPlan plan, Map<String, Object> changed) throws IOException {
    KeptResults kept = new KeptResults(out.resolve("results"), provenances(plan, changed));
    kept.keep("sft", result("", "SFT", 0));
    kept.keep("mgda-seed1", result("mgda", "MGDA", 1));
  }

  private static RunResult result(String method, String label, long seed) {
    return new RunResult(method, label, Map.of(), seed, List.of(), Map.of(), List.of(), 1);
  }

  private static Map<String, Provenance> provenances(
      ComparisonPlan plan, Map<String, Object> changed) throws IOException {
    return new Provenances(plan, OBJECTIVES, own -> settings(changed, own)).ofAll();
  }

  private Optional<List<RunResult>> run(ComparisonPlan plan, Map<String, Object> changed)
      throws IOException, InterruptedException, ExecutionException {
    ComparisonProgress progress =
        new ComparisonProgress() {
          @Override
          public void runBegins(int run, int runs, String label, long seed, boolean known) {
            begun.add(label + (known ? " known" : ""));
          }

          @Override
          public void stepped(StepFigures step, int steps) {}
        };
    GapoConfig config = GapoConfig.from(settings(changed, Map.of()));
    return new ComparisonRun(plan, out, config, own -> settings(changed, own), progress).run();
  }

  private static Config settings(Map<String, Object> changed, Map<String, Object> own) {
    Map<String, Object> overrides = new HashMap<>(own);
    overrides.put("gapo.sampling.max-prompt-tokens", 112);
    overrides.putAll(changed);
    Map<String, Object> models =
        DemoModels.with(MODELS.resolve("policy"), MODELS.resolve("reward"), MODELS.resolve("cost"))
            .settings();
    return ConfigFiles.load(Optional.empty(), overrides, models);
  }
}
