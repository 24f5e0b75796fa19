package io.gapo.runtime.llama;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LlamaConfigTest {

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
    Files.writeString(directory.resolve(LlamaConfig.FILE), MistralJson.TEXT);

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
    MistralJson.write(
        directory,
        json -> json.remove(List.of("num_key_value_heads", "rope_theta", "sliding_window")));

    LlamaConfig config = LlamaConfig.read(directory);

    assertThat(config.keyValueHeads()).isEqualTo(32);
    assertThat(config.ropeTheta()).isEqualTo(10_000);
    assertThat(config.maxPositions()).isEqualTo(4096);
  }

  @Test
  void readsAllPositionsOfAMistralWithoutAWindow(@TempDir Path directory) {
    MistralJson.write(directory, json -> json.putNull("sliding_window"));

    LlamaConfig config = LlamaConfig.read(directory);

    assertThat(config.maxPositions()).isEqualTo(32_768);
    assertThat(config.readingLimit()).isEqualTo("32768 tokens");
  }

  @Test
  void readsTheWindowOfAQwenOnlyIfItIsUsed(@TempDir Path directory) {
    Consumer<ObjectNode> qwen =
        json -> json.put("model_type", "qwen2").put("max_window_layers", 28);
    MistralJson.write(directory, qwen.andThen(json -> json.put("use_sliding_window", false)));
    assertThat(LlamaConfig.read(directory).maxPositions()).isEqualTo(32_768);

    MistralJson.write(directory, qwen.andThen(json -> json.put("use_sliding_window", true)));
    assertThat(LlamaConfig.read(directory).maxPositions()).isEqualTo(4096);
    assertThat(LlamaConfig.read(directory).readingLimit()).contains("4096", "sliding_window");

    Consumer<ObjectNode> noLayer = json -> json.put("use_sliding_window", true);
    MistralJson.write(
        directory, qwen.andThen(noLayer.andThen(json -> json.put("max_window_layers", 32))));
    assertThat(LlamaConfig.read(directory).maxPositions()).isEqualTo(32_768);

    Consumer<ObjectNode> layers =
        json -> json.putArray("layer_types").add("full_attention").add("sliding_attention");
    MistralJson.write(directory, qwen.andThen(noLayer).andThen(layers));
    assertThat(LlamaConfig.read(directory).maxPositions()).isEqualTo(4096);
  }

  @Test
  void knowsWhatEachFamilyHas(@TempDir Path directory) {
    MistralJson.write(
        directory, json -> json.put("model_type", "llama").put("attention_bias", true));
    LlamaVariant llama = LlamaConfig.read(directory).variant();
    assertThat(llama.queryKeyValueBias()).isTrue();
    assertThat(llama.outputBias()).isTrue();
    assertThat(llama.feedForwardBias()).isFalse();
    assertThat(llama.slidingWindow()).isEmpty();

    MistralJson.write(directory, json -> json.put("model_type", "qwen2"));
    LlamaVariant qwen2 = LlamaConfig.read(directory).variant();
    assertThat(qwen2.queryKeyValueBias()).isTrue();
    assertThat(qwen2.outputBias()).isFalse();
    assertThat(qwen2.queryKeyNorm()).isFalse();

    MistralJson.write(directory, json -> json.put("model_type", "qwen3").put("head_dim", 64));
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
    MistralJson.write(directory, json -> json.set("rope_scaling", llama3));
    LlamaConfig older = LlamaConfig.read(directory);
    MistralJson.write(
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
  void takesTokensThatAreNullOrNotThereForNone(@TempDir Path directory) {
    MistralJson.write(
        directory,
        json -> {
          json.putNull("bos_token_id").putNull("eos_token_id");
          json.remove("pad_token_id");
        });
    SpecialTokens none = new SpecialTokens(OptionalInt.empty(), List.of(), OptionalInt.empty());
    assertThat(LlamaConfig.read(directory).specialTokens()).isEqualTo(none);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 32_000})
  void readsPaddingOutsideOfTheVocabularyAsNone(int padding, @TempDir Path directory) {
    MistralJson.write(directory, json -> json.put("pad_token_id", padding));

    assertThat(LlamaConfig.read(directory).specialTokens().padding()).isEmpty();
  }

  @Test
  void padsWithTheTokenOfTheGenerationConfigurationWhereNoOtherIsNamed(@TempDir Path directory)
      throws IOException {
    Path generation = directory.resolve("generation_config.json");
    Files.writeString(generation, "{\"pad_token_id\": 7}");

    MistralJson.write(directory, json -> json.remove("pad_token_id"));
    assertThat(LlamaConfig.read(directory).specialTokens().padding()).hasValue(7);
    assertThat(LlamaConfig.readWithoutGeneration(directory).specialTokens().padding()).isEmpty();

    MistralJson.write(directory, json -> json.put("pad_token_id", 3));
    assertThat(LlamaConfig.read(directory).specialTokens().padding()).hasValue(3);
  }

  @Test
  void addsTheEndsThatTheGenerationConfigurationLists(@TempDir Path directory) throws IOException {
    MistralJson.write(directory, json -> json.put("eos_token_id", 2));
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
}
