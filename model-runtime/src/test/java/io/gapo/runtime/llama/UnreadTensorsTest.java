package io.gapo.runtime.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.policy.NamedTensor;
import io.gapo.runtime.safetensors.MalformedCheckpointException;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files with more tensors in them than the model reads. */
class UnreadTensorsTest {

  private static final LlamaConfig CONFIG = TinyModel.config(2);

  private static TorchRuntime runtime;
  private static List<NamedTensor> all;

  private Path directory;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.start(TorchSettings.cpu(1));
    all = TinyModel.tensors(CONFIG, OutputLayer.VOCABULARY, 3);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  @BeforeEach
  void writeConfiguration(@TempDir Path temporary) {
    directory = temporary;
    CONFIG.write(directory);
  }

  /** The model with further tensors. */
  private void writeWith(String... names) {
    List<NamedTensor> tensors = new ArrayList<>(all);
    for (String name : names) {
      tensors.add(TensorValues.tensor(name, new long[] {1}, 0));
    }
    write(tensors);
  }

  private void write(List<NamedTensor> tensors) {
    SafetensorsFile.write(directory.resolve(PretrainedTensors.FILE), tensors, Map.of());
  }

  private void refuses(String... named) {
    assertThatThrownBy(() -> LlamaWeights.load(runtime, directory))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageStartingWith(directory.toString())
        .hasMessageContainingAll(named);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model.layers.0.self_attn.q_norm.weight | model_type in config.json is llama",
        "model.layers.1.self_attn.q_proj.bias | attention_bias false",
        "model.layers.1.mlp.up_proj.bias | mlp_bias false",
        "model.layers.2.input_layernorm.weight | num_hidden_layers in config.json is 2",
        "model.layers.99999999999.mlp.up_proj.weight | num_hidden_layers in config.json is 2",
        "model.layers.x.weight | model_type in config.json is llama",
        "model.vision_tower.weight | model_type in config.json is llama"
      })
  void refusesATensorOfTheTrunkThatWouldBeLeftOut(String name, String reason) {
    writeWith(name);

    refuses(name + " would be left out", reason, "fix that");
    assertThatThrownBy(
            () -> {
              try (PretrainedTensors tensors = PretrainedTensors.open(directory)) {
                LlamaWeights.load(runtime, CONFIG, OutputLayer.NONE, tensors);
              }
            })
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContaining(name);
  }

  @Test
  void namesTheFirstFewOfManyTensorsThatWouldBeLeftOut() {
    writeWith("model.a", "model.b", "model.c", "model.d", "model.e");

    refuses("model.a, model.b, model.c would be left out (and 2 more)");
  }

  @Test
  void leavesHeadsForOtherPurposesAndOldRotaryFrequenciesAlone() {
    writeWith(
        "model.layers.0.self_attn.rotary_emb.inv_freq",
        "score.weight",
        "score_head.weight",
        "value_heads.helpful.weight",
        "normalizer.mean",
        "v_head.summary.weight");

    try (LlamaWeights weights = LlamaWeights.load(runtime, directory)) {
      assertThat(weights.toNamedTensors()).isEqualTo(all);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"lm_head.bias", "transformer.wte.weight", "value_heads.weight", "score.extra"})
  void refusesATensorBesideTheTrunkThatWouldBeLeftOut(String name) {
    writeWith(name);

    refuses(name + " would be left out", "model_type in config.json is llama", "remove them");
  }

  @Test
  void leavesTheVocabularysOutputOfAModelThatScoresAlone() {
    writeWith("lm_head.bias");

    try (PretrainedTensors tensors = PretrainedTensors.open(directory);
        LlamaWeights weights = LlamaWeights.load(runtime, CONFIG, OutputLayer.NONE, tensors)) {
      assertThat(weights.names()).noneMatch(name -> name.startsWith("lm_head"));
    }
  }

  @Test
  void readsTiedEmbeddingsThatAreThereTwice() throws IOException {
    writeTied(
        embedding ->
            new NamedTensor(
                LlamaLayout.HEAD, embedding.dataType(), embedding.shape(), embedding.data()));

    try (LlamaWeights weights = LlamaWeights.load(runtime, directory)) {
      assertThat(weights.headName()).isEqualTo(LlamaLayout.EMBEDDING);
    }
  }

  @Test
  void refusesAnOutputLayerThatIsNoCopyOfTheEmbeddingThatItIsTiedTo() throws IOException {
    List<UnaryOperator<NamedTensor>> others =
        List.of(
            embedding ->
                TensorValues.tensor(
                    LlamaLayout.HEAD,
                    embedding.shape(),
                    TensorValues.toFloats(TinyModel.scaled(embedding, 1.5f))),
            embedding -> TensorValues.tensor(LlamaLayout.HEAD, new long[] {1, 1}, 1));
    for (UnaryOperator<NamedTensor> other : others) {
      writeTied(other);

      refuses(
          PretrainedTensors.FILE,
          "lm_head.weight",
          "no copy of model.embed_tokens.weight",
          "tie_word_embeddings in config.json is true: set it to false");
    }
  }

  /** A model in one file whose embeddings are tied, with a second output layer. */
  private void writeTied(UnaryOperator<NamedTensor> headOfEmbedding) throws IOException {
    Path config = directory.resolve(LlamaConfig.FILE);
    Files.writeString(
        config,
        Files.readString(config)
            .replaceFirst("\"tie_word_embeddings\" *: *false", "\"tie_word_embeddings\": true"));
    List<NamedTensor> tensors = new ArrayList<>(all);
    tensors.removeIf(tensor -> tensor.name().equals(LlamaLayout.HEAD));
    NamedTensor embedding =
        tensors.stream()
            .filter(tensor -> tensor.name().equals(LlamaLayout.EMBEDDING))
            .findFirst()
            .orElseThrow();
    tensors.add(headOfEmbedding.apply(embedding));
    write(tensors);
  }
}
