package io.gapo.runtime.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.SampleRequest;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.OutputLayer;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.llama.SpecialTokens;
import io.gapo.runtime.llama.TinyModel;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.torch.TorchSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecodeWeightsTest {

  private static final double TEMPERATURE = 0.8;
  private static final PromptTemplate TEMPLATE = new PromptTemplate("USER: {prompt} ASSISTANT:");

  /**
   * Matrices are multiplied in oneDNN's layout: none, most because of the many rows, the widest
   * ones because of the rows, all whatever the rows. The norms are not ones.
   */
  @ParameterizedTest
  @CsvSource({"32, 4", "128, 70", "256, 20", "512, 4"})
  void followTheWeightsOfModelsLargeAndSmall(
      int hiddenSize, int rows, @TempDir Path before, @TempDir Path after) {
    LlamaConfig config = config(hiddenSize);
    TinyModel.write(before, config, OutputLayer.VOCABULARY, 1);
    TinyModel.write(after, config, OutputLayer.VOCABULARY, 2);
    List<NamedTensor> tensors =
        SafetensorsFile.readAll(after.resolve(PretrainedTensors.FILE)).stream()
            .map(DecodeWeightsTest::withUnevenNorm)
            .toList();
    SafetensorsFile.write(after.resolve(PretrainedTensors.FILE), tensors, Map.of("format", "pt"));
    try (ContinuousBatchSampler sampler =
            ContinuousBatchSampler.open(before, settings(rows), TorchSettings.cpu(1));
        FullForward old = new FullForward(before, TEMPERATURE);
        FullForward adopted = new FullForward(after, TEMPERATURE)) {
      assertAgrees(sample(sampler, rows), old, 2e-4f);

      sampler.adopt(new PolicySnapshot(new PolicyVersion(1), 0, tensors));

      assertAgrees(sample(sampler, rows), adopted, 2e-4f);
    }
  }

  @ParameterizedTest
  @CsvSource({"BF16, 0.3", "F16, 0.04"})
  void staysNearSinglePrecisionInTwoBytes(DataType dataType, float near, @TempDir Path before) {
    TinyModel.write(before, config(32), OutputLayer.VOCABULARY, 1);
    try (ContinuousBatchSampler sampler =
            ContinuousBatchSampler.open(
                before, settings(4), new TorchSettings("cpu", dataType, 1));
        FullForward forward = new FullForward(before, TEMPERATURE)) {
      assertAgrees(sample(sampler, 4), forward, near);
    }
  }

  private static LlamaConfig config(int hiddenSize) {
    return new LlamaConfig(
        TinyModel.VOCABULARY,
        hiddenSize,
        hiddenSize + 16,
        2,
        4,
        2,
        hiddenSize / 4,
        1e-5,
        10_000,
        false,
        TinyModel.MAX_POSITIONS,
        new SpecialTokens(OptionalInt.of(1), List.of(), OptionalInt.of(0)));
  }

  private static NamedTensor withUnevenNorm(NamedTensor tensor) {
    if (tensor.shape().length > 1) {
      return tensor;
    }
    float[] values = TensorValues.toFloats(tensor);
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.75f + 0.5f * i / values.length;
    }
    return TensorValues.tensor(tensor.name(), tensor.shape(), values);
  }

  private static SamplerSettings settings(int rows) {
    return new SamplerSettings(rows, 40, 16, TEMPERATURE, TEMPLATE);
  }

  private static List<Rollout> sample(ContinuousBatchSampler sampler, int rows) {
    sampler.admit(
        IntStream.range(0, rows)
            .mapToObj(
                i -> new SampleRequest(new Prompt("p" + i, "the cat" + " and".repeat(i % 4)), 0, i))
            .toList());
    List<Rollout> rollouts = new ArrayList<>();
    while (sampler.activeSequences() > 0) {
      rollouts.addAll(sampler.step());
    }
    return rollouts;
  }

  private static void assertAgrees(List<Rollout> rollouts, FullForward forward, float tolerance) {
    assertThat(rollouts).isNotEmpty();
    for (Rollout rollout : rollouts) {
      assertThat(rollout.behaviorLogProbs())
          .containsExactly(forward.logProbs(rollout), within(tolerance));
    }
  }
}
