package io.gapo.runtime.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.torch.GradMode;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LlamaProgramTest {

  private static final int TOKENS = 12;
  private static final int[] LENGTHS = {12, 7};

  private static TorchRuntime runtime;
  private static LlamaWeights weights;
  private static LlamaProgram program;

  @BeforeAll
  static void open() {
    runtime = TorchRuntime.start(TorchSettings.cpu(1));
    weights = LlamaWeights.load(runtime, TinyLlama.directory());
    program = new LlamaProgram(runtime, weights.config());
  }

  @AfterAll
  static void close() {
    runtime.close();
  }

  @Test
  void agreesWithPyTorchOnHiddenStatesAndLogits() {
    try (NDManager step = runtime.newManager()) {
      LlamaProgram.Output output =
          GradMode.notRecording(() -> program.forward(step, weights, batch(step)));

      assertClose(attended(output.hidden().toFloatArray()), attended(expected("hidden")), 1e-5);
      assertClose(attended(output.logits().toFloatArray()), attended(expected("logits")), 1e-5);
    }
  }

  @Test
  void agreesWithPyTorchOnLogProbabilitiesAndEveryGradient() {
    try (NDManager step = runtime.newManager()) {
      weights.tensors().forEach(tensor -> tensor.setRequiresGradient(true));
      NDArray logProbs = GradMode.recording(() -> logProbs(step));
      NDArray loss =
          GradMode.recording(
              () ->
                  logProbs
                      .mul(step.create(expected("coefficients"), new Shape(2, TOKENS - 1)))
                      .sum()
                      .neg());

      assertThat(loss.getFloat()).isCloseTo(expected("loss")[0], within(1e-4f));
      NDList gradients = gradients(step, loss);
      for (int i = 0; i < gradients.size(); i++) {
        assertClose(
            gradients.get(i).toFloatArray(), expected("gradient." + weights.names().get(i)), 1e-4);
      }
    }
  }

  @Test
  void agreesWithThePlainModelOnEverySequenceAlone() {
    try (NDManager step = runtime.newManager()) {
      NDArray logits =
          GradMode.notRecording(() -> program.forward(step, weights, batch(step))).logits();

      for (int row = 0; row < LENGTHS.length; row++) {
        long[] alone =
            Arrays.copyOfRange(TinyLlama.ids(), row * TOKENS, row * TOKENS + LENGTHS[row]);
        NDArray plain = new PlainLlama(weights).logits(step, alone);
        NDArray inBatch = logits.get(new NDIndex(row + ", :" + LENGTHS[row]));

        assertClose(inBatch.toFloatArray(), plain.toFloatArray(), 1e-5);
      }
    }
  }

  @Test
  void sharesTheEmbeddingWhenTied() {
    LlamaConfig tied = config(true);
    try (LlamaWeights model = LlamaWeights.random(runtime, tied, OutputLayer.VOCABULARY, 1);
        LlamaProgram tiedProgram = new LlamaProgram(runtime, tied);
        NDManager step = runtime.newManager()) {
      NDArray ids = step.create(new long[] {3, 1, 4}, new Shape(1, 3));

      NDArray logits = GradMode.notRecording(() -> tiedProgram.forward(step, model, ids)).logits();

      assertThat(model.headName()).isEqualTo("model.embed_tokens.weight");
      assertClose(
          logits.toFloatArray(), new PlainLlama(model).logits(step, 3, 1, 4).toFloatArray(), 1e-5);
    }
  }

  @Test
  void growsItsRotaryTablesWithWhatItReads() {
    LlamaConfig deep = withPositions(6000);
    try (LlamaWeights model = LlamaWeights.random(runtime, deep, OutputLayer.VOCABULARY, 1);
        LlamaProgram growing = new LlamaProgram(runtime, deep);
        NDManager step = runtime.newManager()) {
      long[] text = new long[2100];
      Arrays.setAll(text, t -> 3 + t * t % 40);
      long[] end = Arrays.copyOf(text, 20);
      NDArray shortText = step.create(end, new Shape(1, end.length));
      NDArray longText = step.create(text, new Shape(1, text.length));

      float[] before =
          GradMode.notRecording(() -> growing.hidden(step, model, shortText)).toFloatArray();
      NDArray logits = GradMode.notRecording(() -> growing.forward(step, model, longText)).logits();
      float[] after =
          GradMode.notRecording(() -> growing.hidden(step, model, shortText)).toFloatArray();

      assertThat(after).containsExactly(before);
      NDArray plain = new PlainLlama(model).logits(step, text);
      assertClose(
          logits.get(new NDIndex("0, -20:")).toFloatArray(),
          plain.get(new NDIndex("-20:")).toFloatArray(),
          1e-4);
    }
  }

  private static LlamaConfig withPositions(int positions) {
    return new LlamaConfig(
        50,
        24,
        40,
        1,
        6,
        3,
        4,
        1e-5,
        500_000,
        true,
        positions,
        new SpecialTokens(OptionalInt.of(1), List.of(2), OptionalInt.of(0)));
  }

  @Test
  void computesInHalfPrecisionToo() {
    TorchSettings settings = new TorchSettings("cpu", DataType.BF16, 1);
    try (TorchRuntime half = TorchRuntime.start(settings);
        LlamaWeights model = LlamaWeights.load(half, TinyLlama.directory());
        LlamaProgram halfProgram = new LlamaProgram(half, model.config());
        NDManager step = half.newManager()) {
      NDArray logits =
          GradMode.notRecording(() -> halfProgram.forward(step, model, batch(step))).logits();

      float[] wide = half.tensors().convert(step, logits, DataType.F32).toFloatArray();
      assertClose(attended(wide), attended(expected("logits")), 0.03);
    }
  }

  @Test
  void refusesSequencesLongerThanTheModelReads() {
    try (NDManager step = runtime.newManager()) {
      NDArray ids = step.zeros(new Shape(1, 65), ai.djl.ndarray.types.DataType.INT64);

      assertThatThrownBy(() -> program.hidden(step, weights, ids))
          .hasMessageContaining("at most 64 tokens, was 65");
    }
  }

  @Test
  void leavesNothingBehindWhenTheStepCloses() {
    weights.tensors().forEach(tensor -> tensor.setRequiresGradient(true));
    List<String> names = weights.names();
    int before = weights.tensors().get(0).getManager().getManagedArrays().size();

    for (int i = 0; i < 20; i++) {
      try (NDManager step = runtime.newManager()) {
        NDArray loss = GradMode.recording(() -> logProbs(step).sum());
        assertThat(gradients(step, loss)).hasSize(names.size());
      }
    }

    assertThat(weights.tensors().get(0).getManager().getManagedArrays()).hasSize(before);
  }

  /** The gradients of all tensors, in the order of their names. */
  private static NDList gradients(NDManager step, NDArray loss) {
    try (TensorList parameters = new TensorList(weights.tensors())) {
      return runtime.autograd().gradients(step, loss, parameters, false);
    }
  }

  static LlamaConfig config(boolean tied) {
    return new LlamaConfig(
        50,
        24,
        40,
        2,
        6,
        3,
        4,
        1e-5,
        500_000,
        tied,
        32,
        new SpecialTokens(OptionalInt.of(1), List.of(2), OptionalInt.of(0)));
  }

  private static NDArray batch(NDManager step) {
    return step.create(TinyLlama.ids(), new Shape(2, TOKENS));
  }

  /** Log-probabilities of each next token, shape (2, T - 1). */
  private static NDArray logProbs(NDManager step) {
    NDArray ids = batch(step);
    NDArray logits = program.forward(step, weights, ids).logits();
    return logits
        .get(new NDIndex(":, :-1"))
        .logSoftmax(-1)
        .gather(ids.get(new NDIndex(":, 1:")).expandDims(2), 2)
        .squeeze(2);
  }

  private static float[] expected(String name) {
    return TinyLlama.expected(name);
  }

  /** The rows that are not padding, of a batch flattened from shape (2, T, *). */
  private static float[] attended(float[] batch) {
    int width = batch.length / (2 * TOKENS);
    float[] first = Arrays.copyOf(batch, TOKENS * width);
    float[] both = Arrays.copyOf(first, (TOKENS + LENGTHS[1]) * width);
    System.arraycopy(batch, TOKENS * width, both, TOKENS * width, LENGTHS[1] * width);
    return both;
  }

  /** Equal up to a fraction of the largest value. */
  private static void assertClose(float[] actual, float[] expected, double tolerance) {
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(actual).containsExactly(expected, within((float) (tolerance * largest)));
  }
}
