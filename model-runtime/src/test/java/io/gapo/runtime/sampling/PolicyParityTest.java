package io.gapo.runtime.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.llama.LlamaProgram;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.Parity;
import io.gapo.runtime.llama.ParityFixture;
import io.gapo.runtime.torch.GradMode;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /**
   * The largest differences; those of logits and gradients in units of the largest value, those in
   * half precision in units of PyTorch's own.
   */
  private static final class Differences {
    double logits = Double.NaN;
    double gradients = Double.NaN;
    double logProbs = Double.NaN;
    double halfLogits = Double.NaN;
    double halfLogProbs = Double.NaN;
  }

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.start(TorchSettings.cpu(1));
  }

  @AfterAll
  static void report() {
    runtime.close();
    System.out.println(
        "\n| Policy | logits | gradients | log-probabilities | bf16 logits | bf16 sampler |");
    System.out.println("|---|---|---|---|---|---|");
    TABLE.forEach(
        (name, row) ->
            System.out.printf(
                "| %s | %.1e | %.1e | %.1e | %.2f | %.2f |%n",
                name, row.logits, row.gradients, row.logProbs, row.halfLogits, row.halfLogProbs));
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
      float[] logits = Parity.attended(fixture, logits(step, program, weights, fixture));
      float[] expected = Parity.attended(fixture, fixture.expected("logits"));

      row(fixture).logits = Parity.relativeDifference(logits, expected);
      assertThat(row(fixture).logits).isLessThan(TOLERANCE);
    }
  }

  private static float[] logits(
      NDManager step, LlamaProgram program, LlamaWeights weights, ParityFixture fixture) {
    NDArray logits =
        GradMode.notRecording(
            () -> program.forward(step, weights, Parity.batch(step, fixture)).logits());
    return runtime.tensors().convert(step, logits, DataType.F32).toFloatArray();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void differentiatesTheLossLikePyTorch(ParityFixture fixture) {
    try (LlamaWeights weights = LlamaWeights.load(runtime, fixture.directory());
        LlamaProgram program = new LlamaProgram(runtime, weights.config());
        NDManager step = runtime.newManager()) {
      weights.requireGradients();
      NDArray loss =
          GradMode.recording(
              () ->
                  Parity.nextTokenLoss(
                      step,
                      program.forward(step, weights, Parity.batch(step, fixture)).logits(),
                      fixture));
      List<String> names = List.copyOf(fixture.differentiated());

      double worst = 0;
      try (TensorList parameters = new TensorList(names.stream().map(weights::tensor).toList())) {
        NDList gradients = runtime.autograd().gradients(step, loss, parameters, false);
        for (int i = 0; i < names.size(); i++) {
          double relative =
              Parity.relativeDifference(
                  gradients.get(i).toFloatArray(), fixture.gradient(names.get(i)));
          assertThat(relative).as(names.get(i)).isLessThan(TOLERANCE);
          worst = Math.max(worst, relative);
        }
      }

      row(fixture).gradients = worst;
      assertThat(loss.getFloat() / fixture.expected("loss")[0] - 1).isBetween(-1e-5f, 1e-5f);
      assertThat(names).hasSizeGreaterThan(9);
    }
  }

  @ParameterizedTest
  @MethodSource("policies")
  void decodesTheLikeliestTokens(ParityFixture fixture) {
    float[] anything = new float[fixture.expected("greedy.tokens").length];
    Arrays.fill(anything, 0.5f);

    FixtureDecoding.Decoded decoded = decode(runtime, fixture, anything, GREEDY);

    assertThat(decoded.tokens()).containsExactly(fixture.expectedIntegers("greedy.tokens"));
  }

  @ParameterizedTest
  @MethodSource("policies")
  void samplesTheTokensAndLogProbabilitiesOfTransformers(ParityFixture fixture) {
    FixtureDecoding.Decoded decoded =
        decode(runtime, fixture, fixture.expected("sampled.uniforms"), 1);

    assertThat(decoded.tokens()).containsExactly(fixture.expectedIntegers("sampled.tokens"));
    row(fixture).logProbs =
        Parity.difference(decoded.logProbs(), fixture.expected("sampled.log_probs"));
    assertThat(row(fixture).logProbs).isLessThan(TOLERANCE);
  }

  private static FixtureDecoding.Decoded decode(
      TorchRuntime runtime, ParityFixture fixture, float[] uniforms, double temperature) {
    try (LlamaWeights weights = LlamaWeights.load(runtime, fixture.directory())) {
      return FixtureDecoding.of(fixture, weights)
          .decode(runtime, uniforms, temperature, Optional.empty());
    }
  }

  @ParameterizedTest
  @MethodSource("policies")
  void roundsInHalfPrecisionNoWorseThanPyTorch(ParityFixture fixture) {
    try (TorchRuntime half = TorchRuntime.start(new TorchSettings("cpu", DataType.BF16, 1));
        LlamaWeights weights = LlamaWeights.load(half, fixture.directory());
        LlamaProgram program = new LlamaProgram(half, weights.config());
        NDManager step = half.newManager()) {
      float[] logits = Parity.attended(fixture, logits(step, program, weights, fixture));

      double error =
          Parity.difference(logits, Parity.attended(fixture, fixture.expected("logits")));
      row(fixture).halfLogits = error / fixture.expected("bf16.error")[0];
      // Rounding is chance: the worst of a thousand logits varies, its size does not.
      assertThat(row(fixture).halfLogits).isLessThan(2);
    }
  }

  @ParameterizedTest
  @MethodSource("policies")
  void samplesInHalfPrecisionNoFurtherOffThanPyTorch(ParityFixture fixture) {
    try (TorchRuntime half = TorchRuntime.start(new TorchSettings("cpu", DataType.BF16, 1));
        LlamaWeights weights = LlamaWeights.load(half, fixture.directory())) {
      FixtureDecoding.Decoded decoded =
          FixtureDecoding.of(fixture, weights)
              .decode(
                  half,
                  fixture.expected("sampled.uniforms"),
                  1,
                  Optional.of(fixture.expectedIntegers("sampled.tokens")));

      // Rounding may draw another token: what it says of that one must be nearly so.
      float[] exact = fixture.inHalfPrecision("log_probs");
      float[] ofDrawn = new float[decoded.tokens().length];
      int vocabulary = exact.length / ofDrawn.length;
      for (int i = 0; i < ofDrawn.length; i++) {
        ofDrawn[i] = exact[i * vocabulary + decoded.tokens()[i]];
      }
      double error = Parity.difference(decoded.logProbs(), ofDrawn);
      row(fixture).halfLogProbs = error / fixture.inHalfPrecision("log_probs.error")[0];
      assertThat(row(fixture).halfLogProbs).isLessThan(2);
    }
  }
}
