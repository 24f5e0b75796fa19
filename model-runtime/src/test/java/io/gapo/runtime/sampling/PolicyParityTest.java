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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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
   * two bytes as {@link ParityFixture#ROUNDING} is.
   */
  private static final class Differences {
    double logits = Double.NaN;
    double gradients = Double.NaN;
    double logProbs = Double.NaN;
    final Map<DataType, Double> roundedLogits = new EnumMap<>(DataType.class);
    final Map<DataType, Double> roundedLogProbs = new EnumMap<>(DataType.class);
  }

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.start(TorchSettings.cpu(1));
  }

  @AfterAll
  static void report() {
    runtime.close();
    System.out.println(
        "\n| Policy | logits | gradients | log-probabilities"
            + " | bf16 logits | bf16 sampler | f16 logits | f16 sampler |");
    System.out.println("|---|---|---|---|---|---|---|---|");
    TABLE.forEach(
        (name, row) ->
            System.out.printf(
                "| %s | %.1e | %.1e | %.1e | %.2f | %.2f | %.2f | %.2f |%n",
                name,
                row.logits,
                row.gradients,
                row.logProbs,
                row.roundedLogits.get(DataType.BF16),
                row.roundedLogProbs.get(DataType.BF16),
                row.roundedLogits.get(DataType.F16),
                row.roundedLogProbs.get(DataType.F16)));
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
      weights.tensors().forEach(tensor -> tensor.setRequiresGradient(true));
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

  /** Every fixture in both precisions of two bytes. */
  static Stream<Arguments> inTwoBytes() {
    return policies().stream()
        .flatMap(
            fixture ->
                ParityFixture.ROUNDING.keySet().stream()
                    .map(dataType -> Arguments.of(fixture, dataType)));
  }

  @ParameterizedTest
  @MethodSource("inTwoBytes")
  void roundsNoWorseThanPyTorch(ParityFixture fixture, DataType dataType) {
    try (TorchRuntime rounding = TorchRuntime.start(new TorchSettings("cpu", dataType, 1));
        LlamaWeights weights = LlamaWeights.load(rounding, fixture.directory());
        LlamaProgram program = new LlamaProgram(rounding, weights.config());
        NDManager step = rounding.newManager()) {
      float[] logits = Parity.attended(fixture, logits(step, program, weights, fixture));

      double error =
          Parity.difference(logits, Parity.attended(fixture, fixture.expected("logits")))
              / fixture.expected("bf16.error")[0];
      row(fixture).roundedLogits.put(dataType, error);
      assertThat(error).isLessThan(ParityFixture.ROUNDING.get(dataType));
    }
  }

  @ParameterizedTest
  @MethodSource("inTwoBytes")
  void samplesNoFurtherOffThanPyTorch(ParityFixture fixture, DataType dataType) {
    try (TorchRuntime rounding = TorchRuntime.start(new TorchSettings("cpu", dataType, 1));
        LlamaWeights weights = LlamaWeights.load(rounding, fixture.directory())) {
      FixtureDecoding.Decoded decoded =
          FixtureDecoding.of(fixture, weights)
              .decode(
                  rounding,
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
      double error =
          Parity.difference(decoded.logProbs(), ofDrawn)
              / fixture.inHalfPrecision("log_probs.error")[0];
      row(fixture).roundedLogProbs.put(dataType, error);
      assertThat(error).isLessThan(ParityFixture.ROUNDING.get(dataType));
    }
  }
}
