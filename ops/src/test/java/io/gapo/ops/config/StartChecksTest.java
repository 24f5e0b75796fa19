package io.gapo.ops.config;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.gapo.core.port.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartChecksTest {

  private static final Set<Stage> ALL = EnumSet.allOf(Stage.class);
  private static final Path MODELS = Path.of("..", "demo");
  private static final String REWARD = "model { directory = \"../demo/reward\" }";

  @TempDir Path directory = Path.of("set by JUnit");

  @Test
  void findsNothingWrongWithTheDemosModels() {
    assertThatCode(() -> check(REWARD, Map.of(), ALL)).doesNotThrowAnyException();
    assertThatCode(() -> check("plugin { name = exclamations }", Map.of(), ALL))
        .doesNotThrowAnyException();
    assertThatCode(() -> check("http { url = \"http://h\", token-env = THE_TOKEN }", Map.of(), ALL))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "http { url = \"http://h\", token-env = NONE } | http.token-env names the environment variable NONE, which is not set: export it",
        "plugin { name = exclamation }          | plugin.name 'exclamation' is no plug-in on the class path, which has exclamations: name its jar in GAPO_PLUGINS",
        "model { directory = \"none/of/these\" } | model.directory none/of/these is not a directory: name one with config.json",
        "model { directory = \"src/absent\" } | model.directory src/absent is not a directory: name one with config.json, model.safetensors and tokenizer.json; it was read as a path, not as a model's name on the hub, since there is a directory src",
        "model { directory = \"src\" }          | model.directory: src/config.json does not exist",
        "model { directory = \"../demo/policy\" } | model.directory: ../demo/policy: has neither of score_head.weight (Safe RLHF) and score.weight",
        "model { directory = \"src/test/resources/recipe/reward\", template = \"<s>{prompt}\" } | model.template: src/test/resources/recipe/reward/tokenizer.json: the tokenizer begins every text with '<s>'",
      })
  void namesTheSettingOfAnObjectiveThatCannotBeScored(String scoring, String complaint) {
    refused(scoring, Map.of(), Set.of(Stage.REWARD_SCORER))
        .hasMessageStartingWith("gapo.objectives[0]." + complaint);
  }

  @Test
  void leavesToOtherProcessesWhatTheyOpen() {
    assertThatCode(
            () ->
                check(
                    "plugin { name = exclamation }",
                    Map.of("gapo.policy.directory", ""),
                    Set.of(Stage.COST_SCORER, Stage.MGDA_COMBINER)))
        .doesNotThrowAnyException();
  }

  @Test
  void namesThePolicysDirectoryWhateverIsWrongInIt() throws IOException {
    refused(REWARD, Map.of("gapo.policy.directory", "src"), ALL)
        .hasMessage(
            "gapo.policy.directory: src/config.json does not exist: is this a model's directory?");
    refused(REWARD, Map.of("gapo.policy.directory", "../demo/reward"), ALL)
        .hasMessageStartingWith("gapo.policy.directory: ../demo/reward: ");
    Path policy = directory.resolve("policy");
    copyPolicy(policy, "config.json", "model.safetensors");
    refused(REWARD, Map.of("gapo.policy.directory", policy.toString()), ALL)
        .hasMessageStartingWith(
            "gapo.policy.directory: %s does not exist".formatted(policy.resolve("tokenizer.json")));
    assertThatCode(
            () ->
                check(
                    REWARD,
                    Map.of("gapo.policy.directory", policy.toString()),
                    Set.of(Stage.OPTIMIZER)))
        .as("only the generator reads texts")
        .doesNotThrowAnyException();
  }

  @Test
  void namesTheTemplateThatBringsTheDoubledToken() {
    String policy = "src/test/resources/recipe/policy";
    refused(
            REWARD,
            Map.of("gapo.policy.directory", policy, "gapo.sampling.template", "<s>{prompt}"),
            ALL)
        .hasMessageStartingWith("gapo.sampling.template: %s/tokenizer.json: ".formatted(policy));
    refused(
            REWARD,
            Map.of(
                "gapo.policy.directory", policy,
                "gapo.sampling.template", "{prompt}",
                "gapo.sampling.preference-template", "<s>{preference} {prompt}"),
            ALL)
        .hasMessageStartingWith("gapo.sampling.preference-template: " + policy);
  }

  @Test
  void aBrokenTemplateOfAModelsOwnIsItsDirectorys() throws IOException {
    Path policy = directory.resolve("chat");
    copyPolicy(policy, "config.json", "model.safetensors", "tokenizer.json");
    Map<String, Object> own = new HashMap<>();
    own.put("gapo.policy.directory", policy.toString());
    own.put("gapo.sampling.template", null);
    refused("rule { kind = sentiment }", own, ALL)
        .hasMessageStartingWith("gapo.policy.directory: %s: the model has no".formatted(policy));

    Files.writeString(policy.resolve("chat_template.jinja"), "nothing of what is said");

    refused("rule { kind = sentiment }", own, ALL)
        .hasMessageStartingWith(
            "gapo.policy.directory: %s: its chat template cannot be used".formatted(policy));
  }

  @Test
  void namesTheSettingOfAnAdapter() throws IOException {
    Path adapter = Files.createDirectory(directory.resolve("adapter"));
    refused(REWARD, Map.of("gapo.policy.adapter", adapter.toString()), ALL)
        .hasMessageStartingWith("gapo.policy.adapter: ")
        .hasMessageContaining(adapter.resolve("adapter_config.json").toString());
  }

  private static void copyPolicy(Path target, String... files) throws IOException {
    Files.createDirectories(target);
    for (String file : files) {
      Files.copy(MODELS.resolve("policy").resolve(file), target.resolve(file));
    }
  }

  private static AbstractThrowableAssert<?, ?> refused(
      String scoring, Map<String, Object> changes, Set<Stage> roles) {
    return assertThatThrownBy(() -> check(scoring, changes, roles))
        .isInstanceOf(ConfigurationException.class);
  }

  private static void check(String scoring, Map<String, Object> changes, Set<Stage> roles) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("gapo.policy.directory", MODELS.resolve("policy").toString());
    settings.put("gapo.sampling.template", "USER: {prompt} ASSISTANT:");
    settings.put(
        "gapo.objectives",
        ConfigFactory.parseString(
                "list = [{ name = a, scored-by = reward-scorer, %s }]".formatted(scoring))
            .getList("list")
            .unwrapped());
    settings.putAll(changes);
    GapoConfig config =
        GapoConfig.from(ConfigFactory.parseMap(settings).withFallback(ConfigFactory.load()));
    new StartChecks(config, name -> name.equals("THE_TOKEN") ? "secret" : null).require(roles);
  }
}
