package io.gapo.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.ops.config.ConfigFiles;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.config.ObjectiveConfig;
import io.gapo.ops.config.ObjectiveConfig.LearnedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoModelsTest {

  private final Path policy;
  private final Path reward;
  private final Path cost;

  DemoModelsTest(@TempDir Path models) throws IOException {
    this.policy = Files.createDirectory(models.resolve("policy"));
    this.reward = Files.createDirectory(models.resolve("reward"));
    this.cost = Files.createDirectory(models.resolve("cost"));
  }

  @Test
  void aForeignPolicyIsTrainedWithThePapersStep() {
    GapoConfig config = config(DemoModels.with(policy, reward, cost));

    assertThat(config.policyPath()).isEqualTo(policy);
    assertThat(config.objectives())
        .extracting(ObjectiveConfig::scoring)
        .containsExactly(new LearnedModel(reward, false), new LearnedModel(cost, true));
    assertThat(config.optimizer().learner().rates().policy()).isEqualTo(1e-5);
    assertThat(config.generator().sampler().maxPromptTokens()).isEqualTo(256);
    assertThat(config.generator().sampler().maxResponseTokens()).isEqualTo(72);
  }

  @Test
  void foreignScoreModelsLeaveThePolicysStepAsItIs() {
    DemoModels models = new DemoModels(policy, reward, cost, false);

    assertThat(config(models).optimizer().learner().rates().policy()).isEqualTo(5e-4);
    assertThat(config(models).generator().sampler().maxPromptTokens()).isEqualTo(112);
  }

  private static GapoConfig config(DemoModels models) {
    Map<String, Object> settings = models.settings();
    settings.put("gapo.training.checkpoint-directory", "checkpoints");
    return GapoConfig.from(ConfigFiles.load(Optional.empty(), Map.of(), settings));
  }
}
