package io.gapo.runtime.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.llama.LlamaProgram;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.ParityFixture;
import io.gapo.runtime.torch.GradMode;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every architecture against transformers: the training forward pass, its gradients, and the cached
 * decoding. Prints how far off each was at worst.
 */
class PolicyParityTest {

  private static final double TOLERANCE = 1e-4;

  /** Cold enough that whatever is sampled is the likeliest token. */
  private static final double GREEDY = 1e-4;

  /** Name of a fixture to its row. */
  private static final Map<String, Differences> TABLE = new TreeMap<>();

  private static TorchRuntime runtime;

  /** The largest differences; those of logits and gradients in units of the largest value. */
  private static final class Differences {
    double logits = Double.NaN;
    double gradients = Double.NaN;
    double logProbs = Double.NaN;
    double halfLogits = Double.NaN;
  }

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.start(TorchSettings.cpu(1));
  }

  @AfterAll
  static void report() {
    runtime.close();
    System.out.printf(
        "%n%-20s %12s %12s %18s %20s%n",
        "parity, worst of", "logits", "gradients", "log-probabilities", "bf16 / PyTorch's own");
    TABLE.forEach(
        (name, row) ->
            System.out.printf(
                "%-20s %12.1e %12.1e %18.1e %20.2f%n",
                name, row.logits, row.gradients, row.logProbs, row.halfLogits));
  }

  static List<ParityFixture> policies() {
    return ParityFixture.policies();
  }

  private static Differences row(ParityFixture fixture) {
    return TABLE.computeIfAbsent(fixture.name(), name -> new Differences());
  }

  @ParameterizedTest
  @MethodSource("policies")
  void computesTheLogitsOfTransformers(ParityFixture fixture) {
    try (LlamaWeights weights = LlamaWeights.load(runtime, fixture.directory());
        LlamaProgram program = new LlamaProgram(runtime, weights.config());
        NDManager step = runtime.newManager()) {
      float[] logits = attended(fixture, logits(step, program, weights, fixture));
      float[] expected = attended(fixture, fixture.expected("logits"));

      row(fixture).logits = difference(logits, expected) / largest(expected);
      assertThat(row(fixture).logits).isLessThan(TOLERANCE);
    }
  }

  private static float[] logits(
      NDManager step, LlamaProgram program, LlamaWeights weights, ParityFixture fixture) {
    NDArray logits =
        GradMode.notRecording(() -> program.forward(step, weights, batch(step, fixture)).logits());
    return runtime.tensors().convert(step, logits, DataType.F32).toFloatArray();
  }

  private static NDArray batch(NDManager step, ParityFixture fixture) {
    long[] ids = fixture.ids();
    return step.create(ids, new Shape(ParityFixture.ROWS, ids.length / ParityFixture.ROWS));
  }

  @ParameterizedTest
  @MethodSource("policies")
  void differentiatesTheLossLikePyTorch(ParityFixture fixture) {
    try (LlamaWeights weights = LlamaWeights.load(runtime, fixture.directory());
        LlamaProgram program = new LlamaProgram(runtime, weights.config());
        NDManager step = runtime.newManager()) {
      weights.requireGradients();
      NDArray loss = GradMode.recording(() -> nextTokenLoss(step, program, weights, fixture));
      List<String> names = List.copyOf(fixture.differentiated());

      double worst = 0;
      try (TensorList parameters = new TensorList(names.stream().map(weights::tensor).toList())) {
        NDList gradients = runtime.autograd().gradients(step, loss, parameters, false);
        for (int i = 0; i < names.size(); i++) {
          float[] expected = fixture.gradient(names.get(i));
          float[] actual = gradients.get(i).toFloatArray();
          double relative = difference(actual, expected) / largest(expected);
          assertThat(relative).as(names.get(i)).isLessThan(TOLERANCE);
          worst = Math.max(worst, relative);
        }
      }

      row(fixture).gradients = worst;
      assertThat(loss.getFloat() / fixture.expected("loss")[0] - 1).isBetween(-1e-5f, 1e-5f);
      assertThat(names).hasSizeGreaterThan(9);
    }
  }

  /** Mean over the attended tokens that have one before them. */
  private static NDArray nextTokenLoss(
      NDManager step, LlamaProgram program, LlamaWeights weights, ParityFixture fixture) {
    NDArray ids = batch(step, fixture);
    int tokens = (int) ids.getShape().get(1);
    int[] lengths = fixture.expectedIntegers("lengths");
    float[] counts = new float[ParityFixture.ROWS * (tokens - 1)];
    float share = 1f / (Arrays.stream(lengths).sum() - lengths.length);
    for (int row = 0; row < lengths.length; row++) {
      Arrays.fill(counts, row * (tokens - 1), row * (tokens - 1) + lengths[row] - 1, -share);
    }
    return program
        .forward(step, weights, ids)
        .logits()
        .get(new NDIndex(":, :-1"))
        .logSoftmax(-1)
        .gather(ids.get(new NDIndex(":, 1:")).expandDims(2), 2)
        .squeeze(2)
        .mul(step.create(counts, new Shape(ParityFixture.ROWS, tokens - 1)))
        .sum();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void decodesTheLikeliestTokens(ParityFixture fixture) {
    float[] anything = new float[fixture.expected("greedy.tokens").length];
    Arrays.fill(anything, 0.5f);

    Decoded decoded = decode(fixture, anything, GREEDY);

    assertThat(decoded.tokens()).containsExactly(fixture.expectedIntegers("greedy.tokens"));
  }

  @ParameterizedTest
  @MethodSource("policies")
  void samplesTheTokensAndLogProbabilitiesOfTransformers(ParityFixture fixture) {
    Decoded decoded = decode(fixture, fixture.expected("sampled.uniforms"), 1);

    assertThat(decoded.tokens()).containsExactly(fixture.expectedIntegers("sampled.tokens"));
    row(fixture).logProbs = difference(decoded.logProbs(), fixture.expected("sampled.log_probs"));
    assertThat(row(fixture).logProbs).isLessThan(TOLERANCE);
  }

  private record Decoded(int[] tokens, float[] logProbs) {}

  /**
   * Decodes the fixture's prompt in the second of two rows, beside a shorter one, so that rows of
   * the cache have positions of their own.
   */
  private static Decoded decode(ParityFixture fixture, float[] uniforms, double temperature) {
    int[] prompt = fixture.expectedIntegers("prompt");
    int[] other = {5, 6, 7};
    try (LlamaWeights weights = LlamaWeights.load(runtime, fixture.directory());
        DecodeBatch batch =
            new DecodeBatch(runtime, weights, 3, prompt.length + uniforms.length, temperature)) {
      batch.prefill(List.of(withoutLast(other), withoutLast(prompt)), new int[] {0, 1}, 0);
      int[] newest = {other[other.length - 1], prompt[prompt.length - 1]};
      List<Integer> tokens = new ArrayList<>();
      float[] logProbs = new float[uniforms.length];
      for (int i = 0; i < uniforms.length; i++) {
        int[] positions = {other.length - 1 + i, prompt.length - 1 + i};
        DecodeBatch.Sampled sampled =
            batch.decode(newest, positions, new float[] {0.5f, uniforms[i]});
        newest = sampled.tokens();
        tokens.add(newest[1]);
        logProbs[i] = sampled.logProbs()[1];
      }
      return new Decoded(tokens.stream().mapToInt(Integer::intValue).toArray(), logProbs);
    }
  }

  private static int[] withoutLast(int[] prompt) {
    return Arrays.copyOf(prompt, prompt.length - 1);
  }

  @ParameterizedTest
  @MethodSource("policies")
  void roundsInHalfPrecisionNoWorseThanPyTorch(ParityFixture fixture) {
    try (TorchRuntime half = TorchRuntime.start(new TorchSettings("cpu", DataType.BF16, 1));
        LlamaWeights weights = LlamaWeights.load(half, fixture.directory());
        LlamaProgram program = new LlamaProgram(half, weights.config());
        NDManager step = half.newManager()) {
      float[] logits = attended(fixture, logits(step, program, weights, fixture));

      double error = difference(logits, attended(fixture, fixture.expected("logits")));
      row(fixture).halfLogits = error / fixture.expected("bf16.error")[0];
      // Rounding is chance: the worst of a thousand logits varies, its size does not.
      assertThat(row(fixture).halfLogits).isLessThan(2);
    }
  }

  /** The rows that are not padding, of a batch flattened from shape (2, T, *). */
  private static float[] attended(ParityFixture fixture, float[] batch) {
    int[] lengths = fixture.expectedIntegers("lengths");
    int tokens = fixture.ids().length / ParityFixture.ROWS;
    int width = batch.length / (ParityFixture.ROWS * tokens);
    float[] rows = new float[Arrays.stream(lengths).sum() * width];
    int at = 0;
    for (int row = 0; row < lengths.length; row++) {
      System.arraycopy(batch, row * tokens * width, rows, at, lengths[row] * width);
      at += lengths[row] * width;
    }
    return rows;
  }

  private static double difference(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double worst = 0;
    for (int i = 0; i < actual.length; i++) {
      double difference = Math.abs(actual[i] - (double) expected[i]);
      worst = difference <= worst ? worst : difference; // a NaN stays
    }
    return worst;
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
