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
import io.gapo.runtime.scoring.ScorerSettings;
import io.gapo.runtime.scoring.TorchObjectiveModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreferenceTrainingTest {

  private static final PreferenceTraining TRAINING =
      new PreferenceTraining(SmallWorld.TEMPLATE, 0.001, SmallWorld.settings(2), SmallWorld.TORCH);

  private static Path policy;

  @BeforeAll
  static void makeAPolicy(@TempDir Path directory) {
    policy = directory;
    new SupervisedTraining(SmallWorld.TEMPLATE, SmallWorld.settings(1), SmallWorld.TORCH)
        .train(
            SmallWorld.prepare(policy),
            policy,
            SmallWorld.demonstrations(40, 1),
            List.of(),
            TrainingProgress.NONE);
  }

  @Test
  void learnsWhichAnswersAreBetter(@TempDir Path directory) throws IOException {
    PreferenceReport report =
        TRAINING.trainReward(
            policy,
            directory,
            SmallWorld.rewardPairs(80, 1),
            SmallWorld.rewardPairs(20, 2),
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
        TRAINING.trainCost(
            policy,
            directory,
            SmallWorld.costPairs(160, 1),
            SmallWorld.costPairs(40, 2),
            TrainingProgress.NONE);

    assertThat(report.preferenceAccuracy()).isGreaterThan(0.9);
    assertThat(report.signAccuracy()).isGreaterThan(0.95);
    assertThat(config(directory).get("score_type").textValue()).isEqualTo("cost");
  }

  @Test
  void judgesRolloutsAsItWasTrainedTo(@TempDir Path directory) {
    TrainingSettings halfPrecision =
        new TrainingSettings(2, 8, 1e-2, 0.1, AdamWSettings.DEFAULT, 5, DataType.F16);
    new PreferenceTraining(SmallWorld.TEMPLATE, 0.001, halfPrecision, SmallWorld.TORCH)
        .trainCost(
            policy, directory, SmallWorld.costPairs(160, 1), List.of(), TrainingProgress.NONE);
    CostPair pair =
        SmallWorld.costPairs(20, 2).stream()
            .filter(CostPair::saferIsSafe)
            .findFirst()
            .orElseThrow();

    double[] harmlessness;
    try (TorchObjectiveModel model =
        TorchObjectiveModel.open(
            "harmless",
            directory,
            new ScorerSettings(SmallWorld.TEMPLATE, true, 16_384),
            SmallWorld.TORCH)) {
      harmlessness =
          model.score(
              List.of(
                  rollout(pair.prompt(), pair.safer()), rollout(pair.prompt(), pair.unsafer())));
    }

    assertThat(harmlessness[0]).isPositive();
    assertThat(harmlessness[1]).isNegative();
  }

  private static Rollout rollout(String prompt, String response) {
    return new Rollout(
        "p",
        0,
        prompt,
        response,
        new int[1],
        new int[1],
        new float[1],
        new long[1],
        FinishReason.END_OF_SEQUENCE,
        1);
  }

  @Test
  void writesTheLayoutOfTheBeaverCheckpoints(@TempDir Path directory) throws IOException {
    TRAINING.trainReward(
        policy, directory, SmallWorld.rewardPairs(8, 1), List.of(), TrainingProgress.NONE);

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

  @Test
  void refusesWhatTheModelCannotRead(@TempDir Path directory) {
    List<RewardPair> tooLong = List.of(new RewardPair("why?", "well ".repeat(40), "no"));

    assertThatThrownBy(
            () ->
                TRAINING.trainReward(policy, directory, tooLong, List.of(), TrainingProgress.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 48");
    assertThatThrownBy(
            () ->
                new PreferenceTraining(
                    SmallWorld.TEMPLATE, -1, SmallWorld.settings(1), SmallWorld.TORCH))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("regularization");
  }

  private static JsonNode config(Path directory) throws IOException {
    return new ObjectMapper().readTree(directory.resolve("config.json").toFile());
  }
}
