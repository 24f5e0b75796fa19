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
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations that would be misread: each error names the file, the key and what is there. */
class HostileConfigTest {

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

    MistralJson.write(directory, json -> json.putNull("rope_parameters"));
    assertThat(LlamaConfig.read(directory).ropeTheta()).isEqualTo(1e6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"2\"", "2.0", "true", "-1", "32000", "4294967298", "{}"})
  void namesTheTokenThatIsNone(String value, @TempDir Path directory) {
    for (String key : List.of("bos_token_id", "eos_token_id", "pad_token_id")) {
      if (!(key.equals("pad_token_id") && List.of("-1", "32000").contains(value))) {
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
  void namesTheListOfTokensWithNothingInIt(@TempDir Path directory) {
    refuses(
        directory,
        "eos_token_id is [2,null]",
        json -> json.putArray("eos_token_id").add(2).addNull());
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
    MistralJson.write(directory, config -> {});
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
    MistralJson.write(directory, change);

    assertThatThrownBy(() -> LlamaConfig.read(directory))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("config.json")
        .hasMessageContaining(named);
  }
}
