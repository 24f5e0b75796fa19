package io.gapo.runtime.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LlamaConfigTest {

  private static final String MISTRAL =
      """
      {"model_type": "mistral", "vocab_size": 32000, "hidden_size": 4096,
       "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32,
       "num_key_value_heads": 8, "rms_norm_eps": 1e-05, "rope_theta": 1000000.0,
       "max_position_embeddings": 32768, "sliding_window": 4096, "hidden_act": "silu",
       "tie_word_embeddings": false, "bos_token_id": 1, "eos_token_id": [2, 7],
       "pad_token_id": null, "rope_scaling": null, "a_key_of_tomorrow": {}}
      """;

  @Test
  void readsWhatTransformersWrites() {
    LlamaConfig config = LlamaConfig.read(TinyLlama.directory());

    assertThat(config)
        .isEqualTo(
            new LlamaConfig(
                64,
                32,
                48,
                2,
                4,
                2,
                8,
                1e-5,
                10_000,
                false,
                64,
                new SpecialTokens(OptionalInt.of(1), List.of(2), OptionalInt.of(0))));
  }

  @Test
  void readsMistralWithinItsSlidingWindow(@TempDir Path directory) throws IOException {
    Files.writeString(directory.resolve(LlamaConfig.FILE), MISTRAL);

    LlamaConfig config = LlamaConfig.read(directory);

    assertThat(config.headSize()).isEqualTo(128);
    assertThat(config.keyValueHeads()).isEqualTo(8);
    assertThat(config.ropeTheta()).isEqualTo(1e6);
    assertThat(config.maxPositions()).isEqualTo(4096);
    assertThat(config.specialTokens().end()).containsExactly(2, 7);
    assertThat(config.specialTokens().isEnd(7)).isTrue();
    assertThat(config.specialTokens().padding()).isEmpty();
  }

  @Test
  void readsWhatItWrote(@TempDir Path directory) {
    LlamaConfig one = TinyModel.config(2);
    one.write(directory);
    assertThat(LlamaConfig.read(directory)).isEqualTo(one);

    LlamaConfig many = TinyModel.config(2, 9);
    many.write(directory);
    assertThat(LlamaConfig.read(directory)).isEqualTo(many);
  }

  @Test
  void fillsInWhatOlderFilesLeaveOut(@TempDir Path directory) {
    write(
        directory,
        json -> json.remove(List.of("num_key_value_heads", "rope_theta", "sliding_window")));

    LlamaConfig config = LlamaConfig.read(directory);

    assertThat(config.keyValueHeads()).isEqualTo(32);
    assertThat(config.ropeTheta()).isEqualTo(10_000);
    assertThat(config.maxPositions()).isEqualTo(4096);
  }

  @Test
  void readsAllPositionsOfAMistralWithoutAWindow(@TempDir Path directory) {
    write(directory, json -> json.putNull("sliding_window"));

    LlamaConfig config = LlamaConfig.read(directory);

    assertThat(config.maxPositions()).isEqualTo(32_768);
    assertThat(config.readingLimit()).isEqualTo("32768 tokens");
  }

  @Test
  void readsTheWindowOfAQwenOnlyIfItIsUsed(@TempDir Path directory) {
    Consumer<ObjectNode> qwen =
        json -> json.put("model_type", "qwen2").put("max_window_layers", 28);
    write(directory, qwen.andThen(json -> json.put("use_sliding_window", false)));
    assertThat(LlamaConfig.read(directory).maxPositions()).isEqualTo(32_768);

    write(directory, qwen.andThen(json -> json.put("use_sliding_window", true)));
    assertThat(LlamaConfig.read(directory).maxPositions()).isEqualTo(4096);
    assertThat(LlamaConfig.read(directory).readingLimit()).contains("4096", "sliding_window");

    Consumer<ObjectNode> noLayer = json -> json.put("use_sliding_window", true);
    write(directory, qwen.andThen(noLayer.andThen(json -> json.put("max_window_layers", 32))));
    assertThat(LlamaConfig.read(directory).maxPositions()).isEqualTo(32_768);

    Consumer<ObjectNode> layers =
        json -> json.putArray("layer_types").add("full_attention").add("sliding_attention");
    write(directory, qwen.andThen(noLayer).andThen(layers));
    assertThat(LlamaConfig.read(directory).maxPositions()).isEqualTo(4096);
  }

  @Test
  void knowsWhatEachFamilyHas(@TempDir Path directory) {
    write(directory, json -> json.put("model_type", "llama").put("attention_bias", true));
    LlamaVariant llama = LlamaConfig.read(directory).variant();
    assertThat(llama.queryKeyValueBias()).isTrue();
    assertThat(llama.outputBias()).isTrue();
    assertThat(llama.feedForwardBias()).isFalse();
    assertThat(llama.slidingWindow()).isEmpty();

    write(directory, json -> json.put("model_type", "qwen2"));
    LlamaVariant qwen2 = LlamaConfig.read(directory).variant();
    assertThat(qwen2.queryKeyValueBias()).isTrue();
    assertThat(qwen2.outputBias()).isFalse();
    assertThat(qwen2.queryKeyNorm()).isFalse();

    write(directory, json -> json.put("model_type", "qwen3").put("head_dim", 64));
    LlamaVariant qwen3 = LlamaConfig.read(directory).variant();
    assertThat(qwen3.queryKeyValueBias()).isFalse();
    assertThat(qwen3.queryKeyNorm()).isTrue();
  }

  @Test
  void readsBothSpellingsOfRopeScaling(@TempDir Path directory) {
    ObjectNode llama3 =
        new ObjectMapper()
            .createObjectNode()
            .put("rope_type", "llama3")
            .put("factor", 8)
            .put("low_freq_factor", 1)
            .put("high_freq_factor", 4)
            .put("original_max_position_embeddings", 8192);
    write(directory, json -> json.set("rope_scaling", llama3));
    LlamaConfig older = LlamaConfig.read(directory);
    write(
        directory,
        json -> {
          json.remove(List.of("rope_scaling", "rope_theta"));
          json.set("rope_parameters", llama3.deepCopy().put("rope_theta", 1e6));
        });
    LlamaConfig newer = LlamaConfig.read(directory);

    assertThat(older).isEqualTo(newer);
    assertThat(newer.ropeTheta()).isEqualTo(1e6);
    assertThat(newer.variant().ropeScaling()).isEqualTo(new RopeScaling.Llama3(8, 1, 4, 8192));
  }

  @ParameterizedTest
  @MethodSource("io.gapo.runtime.llama.ParityFixture#policies")
  void writesEveryFamilySoThatItReadsTheSame(ParityFixture fixture, @TempDir Path directory) {
    LlamaConfig config = LlamaConfig.read(fixture.directory());

    config.write(directory);

    assertThat(LlamaConfig.read(directory)).isEqualTo(config);
  }

  @Test
  void namesWhatItWouldMisread(@TempDir Path directory) {
    refuses(directory, "model_type", json -> json.put("model_type", "gpt2"));
    refuses(directory, "model_type", json -> json.remove("model_type"));
    refuses(directory, "hidden_act", json -> json.put("hidden_act", "gelu"));
    refuses(directory, "attention_bias", json -> json.put("attention_bias", true));
    refuses(directory, "mlp_bias", json -> json.put("mlp_bias", true));
    refuses(directory, "gpt2, expected llama", json -> json.put("model_type", "gpt2"));
    refuses(directory, "layer_types", json -> json.putArray("layer_types").add("linear_attention"));
    refuses(directory, "attention_bias is 1", json -> json.put("attention_bias", 1));
    refuses(directory, "head_dim is missing", json -> json.put("model_type", "qwen3"));
  }

  @Test
  void namesTheRopeScalingThatItDoesNotCompute(@TempDir Path directory) {
    refuses(directory, "type dynamic", scaling("dynamic").andThen(rope("factor", 2)));
    refuses(directory, "longrope", scaling("longrope"));
    refuses(directory, "factor is missing", scaling("yarn"));
    refuses(directory, "low_freq_factor", scaling("llama3").andThen(rope("factor", 8)));
    refuses(directory, "rope factor", scaling("linear").andThen(rope("factor", 0.5)));
    refuses(
        directory,
        "mscale_all_dim",
        scaling("yarn").andThen(rope("factor", 4)).andThen(rope("mscale_all_dim", 1)));
    refuses(directory, "rope_type is missing", json -> json.putObject("rope_scaling"));
    refuses(directory, "expected an object", json -> json.put("rope_scaling", "linear"));
    refuses(
        directory,
        "rope_parameters",
        json -> json.putObject("rope_parameters").putObject("full_attention"));
    refuses(
        directory,
        "rope_scaling says something else",
        scaling("linear")
            .andThen(rope("factor", 2))
            .andThen(json -> json.putObject("rope_parameters").put("rope_type", "default")));
    refuses(
        directory,
        "partial_rotary_factor",
        scaling("default").andThen(rope("partial_rotary_factor", 0.5)));
  }

  private static Consumer<ObjectNode> scaling(String type) {
    return json -> json.putObject("rope_scaling").put("rope_type", type);
  }

  private static Consumer<ObjectNode> rope(String key, double value) {
    return json -> ((ObjectNode) json.get("rope_scaling")).put(key, value);
  }

  @Test
  void namesTheOtherFeaturesItDoesNotCompute(@TempDir Path directory) {
    refuses(directory, "partial_rotary_factor", json -> json.put("partial_rotary_factor", 0.5));
    refuses(directory, "quantization_config", json -> json.putObject("quantization_config"));
  }

  @Test
  void namesTheKeyThatIsMissingOrImpossible(@TempDir Path directory) {
    refuses(directory, "hidden_size is missing", json -> json.remove("hidden_size"));
    refuses(directory, "vocab_size is \"many\"", json -> json.put("vocab_size", "many"));
    refuses(directory, "rms_norm_eps", json -> json.put("rms_norm_eps", "small"));
    refuses(directory, "rms_norm_eps", json -> json.put("rms_norm_eps", 0));
    refuses(directory, "num_key_value_heads", json -> json.put("num_key_value_heads", 5));
    refuses(directory, "num_hidden_layers", json -> json.put("num_hidden_layers", 0));
    refuses(directory, "head_dim", json -> json.put("head_dim", 3));
  }

  @Test
  void namesTheRopeParametersThatAreNoObject(@TempDir Path directory) {
    refuses(
        directory,
        "rope_parameters is \"linear\", expected an object",
        json -> json.put("rope_parameters", "linear"));
    refuses(
        directory,
        "rope_parameters is [], expected an object",
        json -> json.putArray("rope_parameters"));
    refuses(
        directory,
        "rope_parameters is 8, expected an object",
        json -> json.put("rope_parameters", 8));

    write(directory, json -> json.putNull("rope_parameters"));
    assertThat(LlamaConfig.read(directory).ropeTheta()).isEqualTo(1e6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"2\"", "2.0", "true", "-1", "32000", "4294967298", "{}"})
  void namesTheTokenThatIsNone(String value, @TempDir Path directory) {
    for (String key : List.of("bos_token_id", "eos_token_id", "pad_token_id")) {
      if (!(key.equals("pad_token_id") && value.equals("-1"))) {
        refuses(
            directory,
            "%s is %s, expected tokens as integers from 0 to 31999".formatted(key, value),
            json -> json.set(key, parsed(value)));
      }
    }
    refuses(
        directory,
        "eos_token_id is [2,%s]".formatted(value),
        json -> json.putArray("eos_token_id").add(2).add(parsed(value)));
  }

  @Test
  void takesTokensThatAreNullOrNotThereForNone(@TempDir Path directory) {
    write(
        directory,
        json -> {
          json.putNull("bos_token_id").putNull("eos_token_id");
          json.remove("pad_token_id");
        });
    SpecialTokens none = new SpecialTokens(OptionalInt.empty(), List.of(), OptionalInt.empty());
    assertThat(LlamaConfig.read(directory).specialTokens()).isEqualTo(none);

    refuses(
        directory,
        "eos_token_id is [2,null]",
        json -> json.putArray("eos_token_id").add(2).addNull());
  }

  @Test
  void readsThePaddingOfOldCheckpointsAsNone(@TempDir Path directory) {
    write(directory, json -> json.put("pad_token_id", -1));

    assertThat(LlamaConfig.read(directory).specialTokens().padding()).isEmpty();
  }

  @Test
  void namesTheKeyOfAnotherType(@TempDir Path directory) {
    for (String key : List.of("tie_word_embeddings", "use_sliding_window", "attention_bias")) {
      refuses(
          directory, key + " is \"false\", expected true or false", json -> json.put(key, "false"));
    }
    refuses(
        directory,
        "partial_rotary_factor is \"0.5\", expected a number",
        json -> json.put("partial_rotary_factor", "0.5"));
    refuses(
        directory,
        "layer_types is \"full_attention\", expected a list",
        json -> json.put("layer_types", "full_attention"));
    refuses(directory, "layer_types is {}, expected a list", json -> json.putObject("layer_types"));
    refuses(directory, "hidden_act is 3, expected a string", json -> json.put("hidden_act", 3));
    refuses(
        directory,
        "rope_scaling.rope_type is 3, expected a string",
        json -> json.putObject("rope_scaling").put("rope_type", 3));
    refuses(
        directory,
        "rope_scaling.partial_rotary_factor is \"1\"",
        scaling("default")
            .andThen(json -> json.withObject("rope_scaling").put("partial_rotary_factor", "1")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e999", "-1e999", "1e308", "1e300", "1e-300"})
  void namesTheNumberThatSinglePrecisionCannotHold(String number, @TempDir Path directory) {
    JsonNode value = parsed(number);
    refuses(directory, "rope_theta is ", json -> json.set("rope_theta", value));
    refuses(directory, "rms_norm_eps is ", json -> json.set("rms_norm_eps", value));
    for (String key : List.of("factor", "attention_factor", "beta_fast")) {
      refuses(
          directory,
          "rope_scaling.%s is ".formatted(key),
          scaling("yarn")
              .andThen(rope("factor", 4))
              .andThen(json -> json.withObject("rope_scaling").set(key, value)));
    }
  }

  @Test
  void namesTheOriginalPositionsThatAreNoInteger(@TempDir Path directory) {
    Consumer<ObjectNode> yarn = scaling("yarn").andThen(rope("factor", 4));
    refuses(
        directory,
        "rope_scaling.original_max_position_embeddings is 8192.5, expected an integer",
        yarn.andThen(rope("original_max_position_embeddings", 8192.5)));
    refuses(
        directory,
        "original_max_position_embeddings is \"8192\", expected an integer",
        yarn.andThen(json -> json.put("original_max_position_embeddings", "8192")));
  }

  @Test
  void addsTheEndsThatTheGenerationConfigurationLists(@TempDir Path directory) throws IOException {
    write(directory, json -> json.put("eos_token_id", 2));
    Path generation = directory.resolve("generation_config.json");
    assertThat(LlamaConfig.read(directory).specialTokens().end()).containsExactly(2);

    Files.writeString(generation, "{\"eos_token_id\": [9, 2, 7], \"temperature\": \"any\"}");
    assertThat(LlamaConfig.read(directory).specialTokens().end()).containsExactly(2, 9, 7);
    assertThat(LlamaConfig.readWithoutGeneration(directory).specialTokens().end())
        .containsExactly(2);

    Files.writeString(generation, "{\"eos_token_id\": 9}");
    assertThat(LlamaConfig.read(directory).specialTokens().end()).containsExactly(2, 9);

    for (String empty : List.of("{}", "{\"eos_token_id\": null}")) {
      Files.writeString(generation, empty);
      assertThat(LlamaConfig.read(directory).specialTokens().end()).containsExactly(2);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ | not JSON",
        "[] | expected a JSON object",
        "'' | expected a JSON object",
        "{\"eos_token_id\": \"2\"} | eos_token_id is \"2\"",
        "{\"eos_token_id\": [2, 2.5]} | eos_token_id is [2,2.5]",
        "{\"eos_token_id\": 32000} | vocab_size in config.json is 32000"
      })
  void namesTheGenerationConfigurationThatIsNone(String json, String named, @TempDir Path directory)
      throws IOException {
    write(directory, config -> {});
    Files.writeString(directory.resolve("generation_config.json"), json);

    assertThatThrownBy(() -> LlamaConfig.read(directory))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContainingAll("generation_config.json", named);
  }

  @Test
  void saysWhatStandsInTheConfigurationsPlace(@TempDir Path directory) throws IOException {
    Path file = directory.resolve(LlamaConfig.FILE);
    Files.createDirectory(file);
    assertThatThrownBy(() -> LlamaConfig.read(directory))
        .hasCauseInstanceOf(FileSystemException.class)
        .hasMessageContainingAll(file.toString(), "is a directory");
    Files.delete(file);

    Files.createSymbolicLink(file, file);
    assertThatThrownBy(() -> LlamaConfig.read(directory))
        .hasCauseInstanceOf(FileSystemException.class)
        .hasMessageContaining(file.toString());
    Files.delete(file);

    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(11_000_000);
    }
    assertThatThrownBy(() -> LlamaConfig.read(directory))
        .hasCauseInstanceOf(FileSystemException.class)
        .hasMessageContainingAll(file.toString(), "too many");
  }

  private static JsonNode parsed(String json) {
    try {
      return new ObjectMapper().readTree(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void saysWhichFileIsNoConfiguration(@TempDir Path directory) throws IOException {
    assertThatThrownBy(() -> LlamaConfig.read(directory))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("config.json does not exist");

    Files.writeString(directory.resolve(LlamaConfig.FILE), "{");
    assertThatThrownBy(() -> LlamaConfig.read(directory))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("not JSON");

    Files.writeString(directory.resolve(LlamaConfig.FILE), "[]");
    assertThatThrownBy(() -> LlamaConfig.read(directory))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("JSON object");
  }

  private static void refuses(Path directory, String named, Consumer<ObjectNode> change) {
    write(directory, change);

    assertThatThrownBy(() -> LlamaConfig.read(directory))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("config.json")
        .hasMessageContaining(named);
  }

  private static void write(Path directory, Consumer<ObjectNode> change) {
    try {
      ObjectMapper mapper = new ObjectMapper();
      ObjectNode json = (ObjectNode) mapper.readTree(MISTRAL);
      change.accept(json);
      Files.write(directory.resolve(LlamaConfig.FILE), mapper.writeValueAsBytes(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
