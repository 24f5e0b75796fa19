package io.gapo.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.rollout.Rollout;
import io.gapo.lab.exam.Comparison;
import io.gapo.lab.exam.Evaluation;
import io.gapo.lab.exam.EvaluationReport;
import io.gapo.lab.exam.EvaluationReport.Measure;
import io.gapo.lab.exam.Examination;
import io.gapo.lab.exam.GradedAnswers;
import io.gapo.lab.training.SupervisedReport;
import io.gapo.lab.world.Split;
import io.gapo.lab.world.World;
import io.gapo.ops.policy.NoPolicyException;
import io.gapo.ops.policy.PolicySource;
import io.gapo.runtime.checkpoint.Checkpoint;
import io.gapo.runtime.checkpoint.CheckpointDirectory;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.sampling.SamplerSettings;
import io.gapo.runtime.scoring.ScorerSettings;
import io.gapo.runtime.scoring.TorchObjectiveModel;
import io.gapo.runtime.text.PreferenceText;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The whole way from the world to a graded policy, with models far too small to be good. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BootstrapTest {

  private static final TorchSettings TORCH = TorchSettings.cpu(1);
  private static final int PROMPTS = 12;
  private static final PreferenceText PREFERENCES =
      new PreferenceText(
          List.of("helpful", "harmless"), "{preference} {prompt}", Optional.empty(), true);

  private static final BootstrapPlan TINY =
      new BootstrapPlan(
          BootstrapPlan.size(512, 32, 64, 1, 192),
          64,
          32,
          16,
          8,
          8,
          BootstrapPlan.training(1, 16, 1e-3, 1),
          BootstrapPlan.training(1, 16, 1e-3, 1),
          BootstrapPlan.training(1, 8, 1e-3, 1),
          0);

  private final Path directory;
  private final List<Bootstrap.Phase> phases = new ArrayList<>();
  private final Bootstrap.Report report;

  BootstrapTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.report =
        new Bootstrap(TINY, 1, TORCH)
            .run(directory, (phase, step, steps, loss) -> phases.add(phase));
  }

  @Test
  void makesThreeModelsInOrder() {
    assertThat(phases).contains(Bootstrap.Phase.values());
    assertThat(phases.lastIndexOf(Bootstrap.Phase.POLICY))
        .isLessThan(phases.indexOf(Bootstrap.Phase.REWARD))
        .isLessThan(phases.indexOf(Bootstrap.Phase.COST));
    assertThat(List.of("policy", "reward", "cost"))
        .allSatisfy(
            model ->
                assertThat(directory.resolve(model))
                    .isDirectoryContaining("glob:**/config.json")
                    .isDirectoryContaining("glob:**/tokenizer.json")
                    .isDirectoryContaining("glob:**/model.safetensors"));
  }

  @Test
  void measuresThemOnHeldOutTopics() {
    assertThat(report.policy().orElseThrow().heldOutLoss()).isBetween(1.0, 7.0);
    assertThat(report.policy().orElseThrow().heldOutTokens()).isPositive();
    assertThat(report.reward().pairs()).isEqualTo(TINY.heldOut());
    assertThat(report.cost().preferenceAccuracy()).isBetween(0.0, 1.0);
  }

  @Test
  void makesTheSameModelsFromTheSameSeed(@TempDir Path other) throws IOException {
    new Bootstrap(TINY, 1, TORCH).run(other, (phase, step, steps, loss) -> {});

    assertThat(other.resolve("policy/tokenizer.json"))
        .hasSameBinaryContentAs(directory.resolve("policy/tokenizer.json"));
    assertThat(other.resolve("cost/model.safetensors"))
        .hasSameBinaryContentAs(directory.resolve("cost/model.safetensors"));
  }

  @Test
  void makesScoreModelsForAPolicyThatIsThere(@TempDir Path other) throws IOException {
    Path policy = Files.createDirectories(other.resolve("policy"));
    for (String file : List.of("config.json", "tokenizer.json", "model.safetensors")) {
      Files.copy(directory.resolve("policy").resolve(file), policy.resolve(file));
    }

    Bootstrap.Report scoresOnly =
        new Bootstrap(TINY, 1, TORCH).runScoreModels(other, (phase, step, steps, loss) -> {});

    assertThat(scoresOnly.policy()).isEmpty();
    assertThat(scoresOnly.reward()).isEqualTo(report.reward());
    assertThat(other.resolve("cost/model.safetensors"))
        .hasSameBinaryContentAs(directory.resolve("cost/model.safetensors"));
  }

  @Test
  void makesAPolicyAloneWhoseDemonstrationsCarryPreferences(@TempDir Path other)
      throws IOException {
    SupervisedReport conditioned =
        new Bootstrap(TINY, 1, TORCH)
            .runConditionedPolicy(
                directory.resolve("policy"), other, PREFERENCES, (phase, step, steps, loss) -> {});

    assertThat(conditioned.heldOutLoss()).isLessThan(report.policy().orElseThrow().heldOutLoss());
    assertThat(other.resolve("policy/tokenizer.json"))
        .hasSameBinaryContentAs(directory.resolve("policy/tokenizer.json"));
    assertThat(other).isDirectoryNotContaining("glob:**/{reward,cost}");
    assertThat(other.resolve("policy/model.safetensors")).isRegularFile();
  }

  @Test
  void doesNotTuneAPolicyInItsOwnPlace() {
    Path policy = directory.resolve("policy");

    assertThatThrownBy(
            () ->
                new Bootstrap(TINY, 1, TORCH)
                    .runConditionedPolicy(
                        policy, directory, PREFERENCES, (phase, step, steps, loss) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("choose another directory");
  }

  @Test
  void aPolicyCanBeExamined() {
    Path policy = directory.resolve("policy");
    PolicySource source = PolicySource.find(policy, policy).orElseThrow();

    GradedAnswers answers = evaluate(source);
    EvaluationReport comparison = Comparison.of("held-out", "a", answers, "b", evaluate(source), 1);

    assertThat(source.name()).isEqualTo("policy");
    assertThat(answers.answers()).hasSize(PROMPTS);
    assertThat(answers.scores()).containsOnlyKeys("helpful", "harmless");
    assertThat(comparison.measures()).extracting(Measure::change).allMatch(c -> c.mean() == 0);
  }

  @Test
  void aCheckpointIsExaminedWithItsOwnWeights(@TempDir Path checkpoints) {
    Path policy = directory.resolve("policy");
    List<NamedTensor> zeros =
        SafetensorsFile.readAll(policy.resolve("model.safetensors")).stream()
            .map(
                tensor ->
                    new NamedTensor(
                        tensor.name(),
                        tensor.dataType(),
                        tensor.shape(),
                        new byte[tensor.data().length]))
            .toList();
    try (CheckpointDirectory open = CheckpointDirectory.open(checkpoints, 1)) {
      open.save(
          new Checkpoint(
              new CheckpointState(new PolicyVersion(7), 1, Optional.empty(), Map.of()),
              zeros,
              List.of(),
              0,
              Optional.empty()));
    }

    PolicySource source = PolicySource.find(checkpoints, policy).orElseThrow();
    GradedAnswers answers = evaluate(source);

    assertThat(source.name()).isEqualTo("version 7");
    assertThat(answers.answers())
        .extracting(Rollout::oldestVersion)
        .containsOnly(new PolicyVersion(7));
    // All tokens are equally likely.
    assertThat(answers.answers().get(0).behaviorLogProbs()[0])
        .isEqualTo((float) -Math.log(512), within(1e-3f));
  }

  @Test
  void whatIsNoPolicyIsNotFound(@TempDir Path empty) {
    assertThat(PolicySource.find(empty, directory)).isEmpty();
    assertThat(PolicySource.find(empty.resolve("absent"), directory)).isEmpty();
    assertThatThrownBy(() -> PolicySource.require(empty, directory))
        .isInstanceOf(NoPolicyException.class)
        .hasMessageContainingAll(empty.toString(), "config.json");
  }

  private GradedAnswers evaluate(PolicySource source) {
    World world = new World();
    try (ObjectiveModel reward = model("helpful", "reward", false);
        ObjectiveModel cost = model("harmless", "cost", true)) {
      return new Evaluation(
              Examination.of(world.prompts(Split.HELD_OUT, PROMPTS, 1), 1),
              new SamplerSettings(4, 120, 8, 1, Bootstrap.TEMPLATE),
              List.of(reward, cost),
              Optional.of(world.grader()),
              TORCH)
          .grade(source);
    }
  }

  private ObjectiveModel model(String objective, String name, boolean negate) {
    return TorchObjectiveModel.open(
        objective,
        directory.resolve(name),
        new ScorerSettings(Bootstrap.TEMPLATE, negate, 16_384),
        TORCH);
  }
}
