package io.gapo.lab.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import io.gapo.runtime.learner.AdamWSettings;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.scoring.ScoreLayout;
import io.gapo.runtime.scoring.ScorerSettings;
import io.gapo.runtime.scoring.TorchObjectiveModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreferenceTrainingTest {

  private static final PreferenceTraining TRAINING =
      new PreferenceTraining(
          Optional.of(SmallWorld.TEMPLATE),
          ScoreLayout.SAFE_RLHF,
          0.001,
          SmallWorld.settings(2),
          SmallWorld.TORCH);

  private static Path policy;

  @BeforeAll
  static void makeAPolicy(@TempDir Path directory) throws IOException {
    policy = directory;
    SmallWorld.makePolicy(policy, 1, SmallWorld.demonstrations(40, 1));
  }

  @Test
  void learnsWhichAnswersAreBetter(@TempDir Path directory) throws IOException {
    PreferenceReport report =
        TRAINING.train(
            policy,
            directory,
            ScoreType.REWARD,
            ExampleSource.of(SmallWorld.rewardPairs(80, 1), SmallWorld.rewardPairs(20, 2)),
            Optional.empty(),
            TrainingProgress.NONE);

    assertThat(report.preferenceAccuracy()).isEqualTo(1);
    assertThat(report.signAccuracy()).isEqualTo(1);
    assertThat(report.heldOutLoss()).isLessThan(0.2);
    assertThat(report.pairs()).isEqualTo(20);
    assertThat(config(directory).get("score_type").textValue()).isEqualTo("reward");
  }

  @Test
  void learnsWhichAnswersDoHarm(@TempDir Path directory) throws IOException {
    PreferenceReport report =
        TRAINING.train(
            policy,
            directory,
            ScoreType.COST,
            ExampleSource.of(SmallWorld.costPairs(160, 1), SmallWorld.costPairs(40, 2)),
            Optional.empty(),
            TrainingProgress.NONE);

    assertThat(report.preferenceAccuracy()).isGreaterThan(0.9);
    assertThat(report.signAccuracy()).isGreaterThan(0.95);
    assertThat(config(directory).get("score_type").textValue()).isEqualTo("cost");
  }

  @Test
  void judgesRolloutsAsItWasTrainedTo(@TempDir Path directory) throws IOException {
    TrainingSettings halfPrecision =
        new TrainingSettings(2, 8, 1e-2, 0.1, AdamWSettings.DEFAULT, 5, DataType.F16);
    new PreferenceTraining(
            Optional.of(SmallWorld.TEMPLATE),
            ScoreLayout.SAFE_RLHF,
            0.001,
            halfPrecision,
            SmallWorld.TORCH)
        .train(
            policy,
            directory,
            ScoreType.COST,
            ExampleSource.of(SmallWorld.costPairs(160, 1), List.of()),
            Optional.empty(),
            TrainingProgress.NONE);
    JudgedPair pair =
        SmallWorld.costPairs(20, 2).stream()
            .filter(each -> each.lowerSign() < 0)
            .findFirst()
            .orElseThrow();

    double[] harmlessness;
    try (TorchObjectiveModel model = harmlessness(directory)) {
      harmlessness = model.score(List.of(rollout(pair.lower()), rollout(pair.higher())));
    }

    assertThat(harmlessness[0]).isPositive();
    assertThat(harmlessness[1]).isNegative();
  }

  private static TorchObjectiveModel harmlessness(Path costModel) {
    return TorchObjectiveModel.open(
        "harmless",
        costModel,
        new ScorerSettings(SmallWorld.TEMPLATE, true, 16_384),
        SmallWorld.TORCH);
  }

  private static Rollout rollout(AnsweredPrompt answer) {
    return new Rollout(
        "p",
        0,
        answer.prompt(),
        answer.response(),
        new int[1],
        new int[1],
        new float[1],
        new long[1],
        FinishReason.END_OF_SEQUENCE,
        1);
  }

  @Test
  void writesTheLayoutOfTheBeaverCheckpoints(@TempDir Path directory) throws IOException {
    TRAINING.train(
        policy,
        directory,
        ScoreType.REWARD,
        ExampleSource.of(SmallWorld.rewardPairs(8, 1), List.of()),
        Optional.empty(),
        TrainingProgress.NONE);

    try (SafetensorsFile file = SafetensorsFile.open(directory.resolve("model.safetensors"))) {
      assertThat(file.names())
          .contains("model.embed_tokens.weight", "score_head.weight", "score_head.bias")
          .doesNotContain("lm_head.weight");
      assertThat(file.entry("score_head.weight").shape()).containsExactly(1, 32);
      assertThat(file.entry("score_head.bias").shape()).containsExactly(1);
    }
    assertThat(directory.resolve("tokenizer.json"))
        .hasSameBinaryContentAs(policy.resolve("tokenizer.json"));
    assertThat(LlamaConfig.read(directory)).isEqualTo(LlamaConfig.read(policy));
    assertThat(config(directory).get("score_dim").intValue()).isEqualTo(1);
    assertThat(config(directory).get("do_normalize").booleanValue()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void writesAClassifierThatScoresHereAsItWasTrainedTo(boolean adapter, @TempDir Path directory)
      throws IOException {
    Files.writeString(policy.resolve("tokenizer_config.json"), "{}");
    List<PreferenceReport> measured = new ArrayList<>();
    TrainingSettings settings = SmallWorld.settings(adapter, OptionalInt.of(40), 500, 1);
    PreferenceReport report =
        new PreferenceTraining(
                Optional.of(SmallWorld.TEMPLATE),
                ScoreLayout.SEQUENCE_CLASSIFICATION,
                0.001,
                settings,
                SmallWorld.TORCH)
            .train(
                policy,
                directory,
                ScoreType.COST,
                ExampleSource.of(SmallWorld.costPairs(160, 1), SmallWorld.costPairs(40, 2)),
                Optional.empty(),
                new TrainingProgress() {
                  @Override
                  public void stepped(long step, long steps, double loss) {}

                  @Override
                  public void measured(long step, HeldOutReport report) {
                    measured.add((PreferenceReport) report);
                  }
                });

    assertThat(measured).hasSize(39);
    assertThat(measured.get(0).heldOutLoss()).isGreaterThan(2 * report.heldOutLoss());
    assertThat(measured.get(0).signAccuracy()).isLessThan(report.signAccuracy());
    assertThat(report.preferenceAccuracy()).isGreaterThan(0.95);
    assertThat(report.signAccuracy()).isGreaterThan(0.95);
    assertThat(report.signs()).isEqualTo(80);
    assertThat(config(directory).at("/architectures/0").textValue())
        .isEqualTo("LlamaForSequenceClassification");
    assertThat(config(directory).get("id2label")).hasSize(1);
    assertThat(directory.resolve("tokenizer_config.json")).exists();
    try (SafetensorsFile file = SafetensorsFile.open(directory.resolve("model.safetensors"))) {
      assertThat(file.names())
          .contains("score.weight", "model.embed_tokens.weight")
          .doesNotContain("lm_head.weight", "score.bias")
          .noneMatch(name -> name.contains("lora"));
    }
    JudgedPair pair = SmallWorld.rewardPairs(1, 3).get(0);
    try (TorchObjectiveModel model = harmlessness(directory)) {
      double[] scores = model.score(List.of(rollout(pair.higher()), rollout(pair.lower())));
      assertThat(scores[0]).isGreaterThan(scores[1]);
    }
  }

  @Test
  void refusesWhatTheModelCannotRead(@TempDir Path directory) {
    List<JudgedPair> tooLong =
        List.of(
            JudgedPair.ofReward(
                new AnsweredPrompt("why?", "well ".repeat(40)), new AnsweredPrompt("why?", "no")));

    assertThatThrownBy(
            () ->
                TRAINING.train(
                    policy,
                    directory,
                    ScoreType.REWARD,
                    ExampleSource.of(tooLong, List.of()),
                    Optional.empty(),
                    TrainingProgress.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 48");
    assertThatThrownBy(
            () ->
                new PreferenceTraining(
                    Optional.of(SmallWorld.TEMPLATE),
                    ScoreLayout.SAFE_RLHF,
                    -1,
                    SmallWorld.settings(1),
                    SmallWorld.TORCH))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("regularization");
  }

  private static JsonNode config(Path directory) throws IOException {
    return new ObjectMapper().readTree(directory.resolve("config.json").toFile());
  }
}
