package io.gapo.runtime.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.safetensors.MalformedCheckpointException;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LlamaWeightsTest {

  private static final LlamaConfig CONFIG = TinyModel.config(2);
  private static final String QUERY = "model.layers.1.self_attn.q_proj.weight";
  private static final String KEY = "model.layers.1.self_attn.k_proj.weight";

  private static TorchRuntime runtime;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.start(TorchSettings.cpu(1));
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  @Test
  void givesBackWhatItLoaded() {
    try (LlamaWeights weights = LlamaWeights.load(runtime, TinyLlama.directory())) {
      List<NamedTensor> stored =
          SafetensorsFile.readAll(TinyLlama.directory().resolve(PretrainedTensors.FILE)).stream()
              .map(TensorValues::widen)
              .toList();

      assertThat(weights.toNamedTensors()).containsExactlyInAnyOrderElementsOf(stored);
      assertThat(weights.headName()).isEqualTo("lm_head.weight");
    }
  }

  @Test
  void loadsAModelWithoutACopyOnTheHeap(@TempDir Path directory) throws IOException {
    LlamaConfig large =
        new LlamaConfig(
            40_000, 64, 64, 1, 2, 2, 32, 1e-5, 10_000, false, 32, CONFIG.specialTokens());
    large.write(directory);
    try (LlamaWeights weights = LlamaWeights.random(runtime, large, OutputLayer.VOCABULARY, 1)) {
      SafetensorsFile.write(
          directory.resolve(PretrainedTensors.FILE), weights.toNamedTensors(), Map.of());
    }
    LlamaWeights.load(runtime, directory).close(); // classes and caches

    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = thread.getCurrentThreadAllocatedBytes();
    LlamaWeights.load(runtime, directory).close();
    long allocated = thread.getCurrentThreadAllocatedBytes() - before;

    assertThat(allocated).isLessThan(Files.size(directory.resolve(PretrainedTensors.FILE)) / 10);
  }

  @Test
  void drawsTheSameModelFromTheSameSeed() {
    try (LlamaWeights one = random(5);
        LlamaWeights same = random(5);
        LlamaWeights other = random(6)) {
      assertThat(one.toNamedTensors()).isEqualTo(same.toNamedTensors());
      assertThat(one.toNamedTensors()).isNotEqualTo(other.toNamedTensors());
    }
  }

  @Test
  void overwritesTensorsThatLieSideBySideOneByOne() {
    try (LlamaWeights weights = random(5)) {
      NamedTensor key = values(weights, KEY);
      NamedTensor query = TinyModel.scaled(values(weights, QUERY), 2);

      weights.adopt(List.of(query));

      assertThat(values(weights, QUERY)).isEqualTo(query);
      assertThat(values(weights, KEY)).isEqualTo(key);
    }
  }

  @Test
  void overwritesNothingWhenOneTensorDoesNotFit() {
    try (LlamaWeights weights = random(5)) {
      NamedTensor before = values(weights, QUERY);
      NamedTensor fitting = TinyModel.scaled(before, 2);

      assertThatThrownBy(
              () -> weights.adopt(List.of(fitting, TensorValues.tensor(KEY, new long[] {1}, 0))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(KEY);
      assertThatThrownBy(
              () ->
                  weights.adopt(List.of(fitting, TensorValues.tensor("absent", new long[] {1}, 0))))
          .hasMessageContaining("absent");
      assertThat(values(weights, QUERY)).isEqualTo(before);
    }
  }

  @Test
  void hasNoOutputLayerWhenItIsATrunkOnly() {
    try (LlamaWeights trunk = LlamaWeights.random(runtime, CONFIG, OutputLayer.NONE, 1)) {
      assertThat(trunk.names()).doesNotContain("lm_head.weight").contains("model.norm.weight");
      assertThat(trunk.names()).hasSize(2 + 9 * CONFIG.layers());
    }
  }

  @Test
  void loadsAModelInShards(@TempDir Path directory) throws IOException {
    List<NamedTensor> all = TinyModel.tensors(CONFIG, OutputLayer.VOCABULARY, 3);
    writeShards(directory, all, "b.safetensors");

    try (LlamaWeights weights = LlamaWeights.load(runtime, directory)) {
      assertThat(weights.toNamedTensors()).isEqualTo(all);
    }
  }

  private static void writeShards(Path directory, List<NamedTensor> all, String secondShard)
      throws IOException {
    CONFIG.write(directory);
    int half = all.size() / 2;
    SafetensorsFile.write(directory.resolve("a.safetensors"), all.subList(0, half), Map.of());
    SafetensorsFile.write(
        directory.resolve("b.safetensors"), all.subList(half, all.size()), Map.of());
    StringBuilder map = new StringBuilder();
    for (int i = 0; i < all.size(); i++) {
      map.append(i == 0 ? "" : ", ")
          .append(
              "\"%s\": \"%s\""
                  .formatted(all.get(i).name(), i < half ? "a.safetensors" : secondShard));
    }
    Files.writeString(
        directory.resolve("model.safetensors.index.json"), "{\"weight_map\": {%s}}".formatted(map));
  }

  @Test
  void namesTheTensorThatIsMissingOrOfAnotherShape(@TempDir Path directory) {
    CONFIG.write(directory);
    assertThatThrownBy(() -> LlamaWeights.load(runtime, directory))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("model.safetensors");

    List<NamedTensor> all = TinyModel.tensors(CONFIG, OutputLayer.VOCABULARY, 3);
    List<NamedTensor> missing = all.stream().filter(tensor -> !tensor.name().equals(KEY)).toList();
    SafetensorsFile.write(directory.resolve(PretrainedTensors.FILE), missing, Map.of());
    assertThatThrownBy(() -> LlamaWeights.load(runtime, directory))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContaining(KEY);

    List<NamedTensor> misshapen =
        all.stream()
            .map(
                tensor ->
                    tensor.name().equals(KEY)
                        ? TensorValues.tensor(KEY, new long[] {1, 1}, 0)
                        : tensor)
            .toList();
    SafetensorsFile.write(directory.resolve(PretrainedTensors.FILE), misshapen, Map.of());
    assertThatThrownBy(() -> LlamaWeights.load(runtime, directory))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContaining(KEY)
        .hasMessageContaining("[1, 1]");
  }

  private static LlamaWeights random(long seed) {
    return LlamaWeights.random(runtime, CONFIG, OutputLayer.VOCABULARY, seed);
  }

  private static NamedTensor values(LlamaWeights weights, String name) {
    return runtime.tensors().toNamedTensor(name, weights.tensor(name), DataType.F32);
  }
}
