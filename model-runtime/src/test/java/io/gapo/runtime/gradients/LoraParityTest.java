package io.gapo.runtime.gradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.runtime.checkpoint.PolicyExport;
import io.gapo.runtime.learner.AdamWSettings;
import io.gapo.runtime.learner.LearnerSettings;
import io.gapo.runtime.learner.LearningRateSchedule;
import io.gapo.runtime.learner.LearningRates;
import io.gapo.runtime.learner.TorchPolicyLearner;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaProgram;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.Parity;
import io.gapo.runtime.llama.ParityFixture;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.lora.AdapterSource;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.lora.LoraAdapter;
import io.gapo.runtime.lora.LoraMerge;
import io.gapo.runtime.lora.LoraSettings;
import io.gapo.runtime.lora.PeftAdapter;
import io.gapo.runtime.safetensors.MalformedCheckpointException;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.torch.GradMode;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import io.gapo.runtime.trainable.GradientScope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters against peft: logits and gradients beside the model, and logits merged into it. */
class LoraParityTest {

  private static final double TOLERANCE = 1e-4;
  private static TorchRuntime runtime;

  @TempDir Path directory = Path.of("set by JUnit");

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.start(TorchSettings.cpu(1));
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  private static Path adapter(String name) {
    return expected(name).directory();
  }

  private static ParityFixture expected(String name) {
    return ParityFixture.ofAdapter(name);
  }

  @ParameterizedTest
  @CsvSource({"llama3, llama3-lora", "qwen2, qwen2-lora"})
  void computesTheLogitsAndAdapterGradientsOfPeft(String base, String name) {
    Path model = ParityFixture.named(base).directory();
    ParityFixture fixture = expected(name);
    try (LlamaWeights weights = LlamaWeights.load(runtime, model);
        LlamaProgram program = new LlamaProgram(runtime, weights.config());
        LoraAdapter lora =
            LoraAdapter.open(runtime, weights.config(), new AdapterSource.Saved(adapter(name)));
        NDManager step = runtime.newManager()) {
      lora.tensors().forEach(tensor -> tensor.setRequiresGradient(true));
      NDArray ids = Parity.batch(step, fixture);
      NDArray logits =
          GradMode.recording(
              () ->
                  program.logits(step, weights, program.hidden(step, weights, lora.terms(), ids)));
      double worst = requireClose(fixture, logits.toFloatArray());

      NDArray loss = GradMode.recording(() -> Parity.nextTokenLoss(step, logits, fixture));
      double worstGradient = 0;
      try (TensorList parameters = new TensorList(lora.tensors())) {
        NDList gradients = runtime.autograd().gradients(step, loss, parameters, false);
        for (int i = 0; i < gradients.size(); i++) {
          double relative =
              Parity.relativeDifference(
                  gradients.get(i).toFloatArray(), fixture.gradient(lora.names().get(i)));
          assertThat(relative).as(lora.names().get(i)).isLessThan(TOLERANCE);
          worstGradient = Math.max(worstGradient, relative);
        }
      }
      assertThat(lora.names()).hasSameSizeAs(fixture.differentiated());
      System.out.printf("| %s | %.1e | %.1e |%n", name, worst, worstGradient);
    }
  }

  @ParameterizedTest
  @CsvSource({"llama3, llama3-lora", "qwen2, qwen2-lora"})
  void mergesIntoAnExportOfTheSameLogits(String base, String name) throws Exception {
    Path model = ParityFixture.named(base).directory();
    LlamaConfig config = LlamaConfig.read(model);
    PeftAdapter peft = PeftAdapter.read(adapter(name), config);
    Path origin = Files.createDirectory(directory.resolve("origin"));
    Files.copy(model.resolve("config.json"), origin.resolve("config.json"));
    Files.writeString(origin.resolve("tokenizer.json"), "{}");
    Path target = directory.resolve("merged");
    try (PretrainedTensors tensors = PretrainedTensors.open(model)) {
      PolicyExport.writePending(
          target,
          origin,
          LoraMerge.merged(runtime, tensors, config, peft, DataType.F32),
          DataType.F32);
    }

    requireClose(expected(name), logits(target));

    Path again = directory.resolve("adapter");
    peft.write(again, model, DataType.F32);
    PeftAdapter read = PeftAdapter.read(again, config);
    assertThat(read.settings()).isEqualTo(peft.settings());
    assertThat(read.tensors()).containsExactlyInAnyOrderElementsOf(peft.tensors());
  }

  @Test
  void mergesIntoNoModelWithATensorThatNothingReads() throws Exception {
    Path model = ParityFixture.named("qwen2").directory();
    LlamaConfig config = LlamaConfig.read(model);
    PeftAdapter peft = PeftAdapter.read(adapter("qwen2-lora"), config);
    List<NamedTensor> tensors =
        new ArrayList<>(SafetensorsFile.readAll(model.resolve(PretrainedTensors.FILE)));
    tensors.add(
        TensorValues.tensor(
            "lm_head.weight",
            new long[] {config.vocabulary(), config.hiddenSize()},
            new float[config.vocabulary() * config.hiddenSize()]));
    SafetensorsFile.write(directory.resolve(PretrainedTensors.FILE), tensors, Map.of());

    try (PretrainedTensors more = PretrainedTensors.open(directory)) {
      assertThatThrownBy(() -> LoraMerge.merged(runtime, more, config, peft, DataType.F32))
          .isInstanceOf(MalformedCheckpointException.class)
          .hasMessageContainingAll("lm_head.weight", "tie_word_embeddings");
    }
  }

  @Test
  void adoptsOneAdapterAfterTheOtherFromTheFrozenMatrices() {
    Path model = ParityFixture.named("llama3").directory();
    LlamaConfig config = LlamaConfig.read(model);
    PeftAdapter peft = PeftAdapter.read(adapter("llama3-lora"), config);
    List<NamedTensor> other =
        peft.tensors().stream()
            .map(
                tensor -> {
                  float[] values = TensorValues.toFloats(tensor);
                  for (int i = 0; i < values.length; i++) {
                    values[i] *= 3;
                  }
                  return TensorValues.tensor(tensor.name(), tensor.shape(), values);
                })
            .toList();
    try (LlamaWeights weights = LlamaWeights.load(runtime, model);
        LoraMerge merge = new LoraMerge(runtime, weights, peft.settings());
        LlamaProgram program = new LlamaProgram(runtime, config);
        NDManager step = runtime.newManager()) {
      for (int i = 0; i < 20; i++) {
        merge.adopt(other);
        merge.adopt(peft.tensors());
      }
      NDArray ids = Parity.batch(step, expected("llama3-lora"));
      requireClose(
          expected("llama3-lora"),
          GradMode.notRecording(() -> program.forward(step, weights, ids).logits()).toFloatArray());
    }
  }

  @Test
  void trainsTheAdapterAlone() throws Exception {
    LoraSettings lora = new LoraSettings(2, 4, List.of("q_proj", "down_proj"));
    InitialPolicy initial =
        new InitialPolicy(PpoFixture.policy(), Optional.of(new AdapterSource.Fresh(lora, 7)));
    try (TorchPolicyGradients gradients =
            TorchPolicyGradients.open(
                initial,
                PpoVariants.withScope(
                    PpoFixture.settings(AdvantageKind.GAE, 4096), GradientScope.LAST_LAYER, 1),
                TorchSettings.cpu(1),
                Optional.empty());
        TorchPolicyLearner learner = learner(initial)) {
      List<NamedTensor> first = learner.tensors();
      assertThat(first)
          .allMatch(
              tensor ->
                  PeftAdapter.isOfAdapter(tensor) || tensor.name().startsWith("value_heads."));
      gradients.adopt(new PolicySnapshot(PolicyVersion.INITIAL, 1, first));
      List<ScoredRollout> batch = PpoFixture.batch();
      assertThat(gradients.measure(batch).gram().objectives()).isEqualTo(3);
      List<NamedTensor> update = gradients.backward(PpoFixture.weights(), PpoFixture.KL_WEIGHT);
      assertThat(update.stream().map(NamedTensor::name))
          .containsExactlyElementsOf(first.stream().map(NamedTensor::name).toList());
      assertThat(learner.apply(List.of(update)).gradientNorm()).isPositive();
      assertThat(learner.tensors()).isNotEqualTo(first);
    }
  }

  private TorchPolicyLearner learner(InitialPolicy initial) {
    return TorchPolicyLearner.open(
        initial,
        directory.resolve("checkpoints"),
        new LearnerSettings(
            PpoFixture.OBJECTIVES,
            new LearningRates(1e-3, 1e-3, LearningRateSchedule.constant()),
            AdamWSettings.DEFAULT,
            2),
        TorchSettings.cpu(1),
        Optional.empty());
  }

  private static float[] logits(Path model) {
    try (LlamaWeights weights = LlamaWeights.load(runtime, model);
        LlamaProgram program = new LlamaProgram(runtime, weights.config());
        NDManager step = runtime.newManager()) {
      ParityFixture any =
          expected(weights.config().tiedEmbeddings() ? "qwen2-lora" : "llama3-lora");
      return GradMode.notRecording(
              () -> program.forward(step, weights, Parity.batch(step, any)).logits())
          .toFloatArray();
    }
  }

  /** In units of the largest logit. */
  private static double requireClose(ParityFixture fixture, float[] logits) {
    double worst =
        Parity.relativeDifference(
            Parity.attended(fixture, logits), Parity.attended(fixture, fixture.expected("logits")));
    assertThat(worst).isLessThan(TOLERANCE);
    return worst;
  }
}
