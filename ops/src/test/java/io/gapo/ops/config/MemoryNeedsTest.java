package io.gapo.ops.config;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.gapo.core.port.Stage;
import io.gapo.ops.config.MemoryNeeds.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryNeedsTest {

  private static final Set<Stage> ALL = EnumSet.allOf(Stage.class);
  private static final Machine LARGE = new Machine(64L << 30, 256L << 30);

  private Path policy;

  /** SmolLM2-135M's shape; weights are not looked at. */
  @BeforeEach
  void writeConfig(@TempDir Path directory) throws IOException {
    policy = directory;
    Files.writeString(
        policy.resolve("config.json"),
        """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 49152,
         "hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 30,
         "num_attention_heads": 9, "num_key_value_heads": 3, "rms_norm_eps": 1e-5,
         "rope_theta": 100000.0, "max_position_embeddings": 8192, "tie_word_embeddings": true,
         "hidden_act": "silu", "bos_token_id": 1, "eos_token_id": 2}
        """);
  }

  @Test
  void trainsThisModelWholeOnSixteenGibibytesWithTheDefaults() {
    assertThatCode(() -> needs(Map.of(), ALL, true).require(new Machine(4L << 30, 16L << 30)))
        .doesNotThrowAnyException();
  }

  @Test
  void namesWhatTakesTheMemoryThatIsNotThere() {
    assertThatThrownBy(() -> needs(Map.of(), ALL, true).require(new Machine(1L << 30, 4L << 30)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll(
            "a step",
            "its keys and values",
            "the optimizer's weights and moments 1540 MiB",
            "where there are 4096 MiB",
            "gapo.training.graph-memory",
            "gapo.policy.lora.rank");
  }

  @Test
  void wantsRoomForTwoVersionsInTheTopics() {
    assertThatThrownBy(() -> needs(Map.of(), Set.of(Stage.OPTIMIZER), false).require(LARGE))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll(
            "gapo.kafka.tensor-retention must hold two versions",
            "514 MiB each",
            "was 256 MiB",
            "set it to 1027 MiB or more");
    assertThatCode(
            () ->
                needs(
                        Map.of("gapo.kafka.tensor-retention", "1027 MiB"),
                        Set.of(Stage.OPTIMIZER),
                        false)
                    .require(LARGE))
        .doesNotThrowAnyException();
  }

  @Test
  void wantsAHeapThatVersionsFitInto() {
    MemoryNeeds needs =
        needs(
            Map.of("gapo.kafka.tensor-retention", "2 GiB"),
            Set.of(Stage.OPTIMIZER, Stage.GRADIENT_COLLECTOR),
            false);

    assertThatThrownBy(() -> needs.require(new Machine(3L << 30, 64L << 30)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll("versions of 514 MiB", "-Xmx", "gapo.policy.lora.rank");
    assertThatCode(() -> needs.require(new Machine(4L << 30, 64L << 30)))
        .doesNotThrowAnyException();
  }

  @Test
  void anAdapterNeedsLittle() {
    assertThatCode(
            () ->
                needs(Map.of("gapo.policy.lora.rank", 16), Set.of(Stage.OPTIMIZER), false)
                    .require(new Machine(1L << 30, 2L << 30)))
        .doesNotThrowAnyException();
  }

  @Test
  void rolesWithoutThePolicyNeedNone() {
    assertThatCode(
            () ->
                needs(Map.of("gapo.policy.directory", ""), Set.of(Stage.MGDA_COMBINER), false)
                    .require(new Machine(1, 1)))
        .doesNotThrowAnyException();
  }

  @Test
  void refusesSequencesThatThePolicyCannotRead() {
    assertThatThrownBy(
            () ->
                needs(Map.of("gapo.sampling.max-response-tokens", 100_000), ALL, true)
                    .require(LARGE))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll("gapo.sampling.max-prompt-tokens", "lower one of them");
  }

  private MemoryNeeds needs(Map<String, Object> changes, Set<Stage> roles, boolean lends) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("gapo.policy.directory", policy.toString());
    settings.put(
        "gapo.objectives",
        ConfigFactory.parseString(
                "list = [{ name = concise, scored-by = reward-scorer, rule { kind = conciseness, target-tokens = 8 } }]")
            .getList("list")
            .unwrapped());
    settings.putAll(changes);
    Config root = ConfigFactory.parseMap(settings).withFallback(ConfigFactory.load());
    return new MemoryNeeds(GapoConfig.from(root), roles, lends);
  }
}
