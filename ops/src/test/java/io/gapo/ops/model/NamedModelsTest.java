package io.gapo.ops.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import io.gapo.core.port.Stage;
import io.gapo.hub.HubModel;
import io.gapo.ops.config.ConfigFiles;
import io.gapo.ops.config.ConfigurationException;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.config.ObjectiveConfig.LearnedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a cache and no network, which is all that stands behind the hub here. */
class NamedModelsTest {

  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  @TempDir private Path home = Path.of("set by JUnit");

  @Test
  void putsTheDirectoriesOfNamedModelsInTheirPlace() throws IOException {
    Path policy = cached("org", "policy");
    Path cost = cached("org", "cost");

    Config resolved = models().resolve(settings("org/policy", "org/cost@main"));

    GapoConfig config = GapoConfig.from(resolved);
    assertThat(config.policyPath()).isEqualTo(policy);
    assertThat(config.objectives().get(0).scoring()).isEqualTo(new LearnedModel(cost, true));
    assertThat(HubModel.ofSnapshot(config.policyPath()))
        .contains(new HubModel("org/policy", COMMIT));
  }

  @Test
  void leavesDirectoriesAsTheyAre() throws IOException {
    Config settings = settings(home.toString(), "/models/cost");

    assertThat(models().resolve(settings)).isEqualTo(settings);
  }

  @Test
  void findsTheDirectoryThatAnOptionNames() throws IOException {
    Path policy = cached("org", "policy");

    assertThat(models().directory("--model", "org/policy")).isEqualTo(policy);
    assertThat(models().directory("--model", home.toString())).isEqualTo(home);
    assertThatThrownBy(() -> models().directory("--model", "org/nowhere"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("--model org/nowhere is no directory here");
  }

  @Test
  void fetchesOnlyWhatTheRolesOpen() throws IOException {
    cached("org", "cost");
    Config settings = settings("org/not-cached", "org/cost");

    Config combiner = models().resolve(settings, EnumSet.of(Stage.MGDA_COMBINER));
    Config scorer = models().resolve(settings, EnumSet.of(Stage.COST_SCORER));

    assertThat(combiner).isEqualTo(settings);
    assertThat(scorer.getString("gapo.policy.directory")).isEqualTo("org/not-cached");
    assertThat(scorer.getConfigList("gapo.objectives").get(0).getString("model.directory"))
        .endsWith("models--org--cost/snapshots/" + COMMIT);
  }

  @Test
  void namesTheSettingAndTheCacheOfAModelThatCannotBeHad() throws IOException {
    cached("org", "policy");

    assertThatThrownBy(() -> models().resolve(settings("org/policy", "org/nowhere")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("gapo.objectives[0].model.directory")
        .hasMessageContaining("org/nowhere is no directory here")
        .hasMessageContaining("org/nowhere@main")
        .hasMessageContaining(home.resolve("hub/models--org--nowhere").toString());
  }

  @Test
  void refusesWrongSettingsBeforeItFetches() throws IOException {
    Config wrong =
        ConfigFiles.load(
            Optional.empty(),
            Map.of("gapo.training.batch-size", 0, "gapo.policy.directory", "org/nowhere"),
            Map.of());

    assertThatThrownBy(() -> models().resolve(wrong)).hasMessageContaining("gapo.objectives");
  }

  private NamedModels models() {
    return new NamedModels(Map.of("HF_HOME", home.toString(), "HF_HUB_OFFLINE", "1"));
  }

  private Config settings(String policy, String cost) throws IOException {
    Path file = home.resolve("gapo.conf");
    Files.writeString(
        file,
        """
        gapo.policy.directory = "%s"
        gapo.objectives = [
          { name = harmless, scored-by = cost-scorer, model { directory = "%s", negate = true } }
          { name = concise, scored-by = reward-scorer, rule { kind = conciseness } }
        ]
        """
            .formatted(policy, cost));
    return ConfigFiles.load(Optional.of(file), Map.of(), Map.of());
  }

  private Path cached(String organization, String name) throws IOException {
    Path repository = home.resolve("hub/models--%s--%s".formatted(organization, name));
    Path snapshot = Files.createDirectories(repository.resolve("snapshots").resolve(COMMIT));
    for (String file : new String[] {"config.json", "tokenizer.json", "model.safetensors"}) {
      Files.writeString(snapshot.resolve(file), "{}");
    }
    Files.writeString(Files.createDirectories(repository.resolve("refs")).resolve("main"), COMMIT);
    return snapshot;
  }
}
