package io.gapo.runtime.gradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.torch.GradMode;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tensor code against the definitions in double precision. */
class PpoScriptTest {

  private static final int[] LENGTHS = {3, 1, 7, 4};
  private static final int TOKENS = 15;
  private static final int OBJECTIVES = 2;

  private TorchRuntime runtime;
  private NDManager manager;
  private PpoScript script;

  @BeforeEach
  void start() {
    runtime = TorchRuntime.start(TorchSettings.cpu(1));
    manager = runtime.newManager();
    script = new PpoScript(manager);
  }

  @AfterEach
  void stop() {
    script.close();
    runtime.close();
  }

  @RepeatedTest(10)
  void losesAndDifferentiatesAsTheClippedSurrogateDoes(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    float[] logProbs = gaussians(random, TOKENS, 0.5);
    float[] behavior = gaussians(random, TOKENS, 0.5);
    float[] advantages = gaussians(random, OBJECTIVES * TOKENS, 2);

    NDArray differentiable = manager.create(logProbs);
    differentiable.setRequiresGradient(true);
    PpoScript.Surrogates surrogates =
        GradMode.recording(
            () ->
                script.surrogates(
                    manager,
                    differentiable,
                    manager.create(behavior),
                    manager.create(advantages, new Shape(OBJECTIVES, TOKENS)),
                    manager.create(shares()),
                    0.2));
    float[] coefficients =
        GradMode.recording(() -> script.coefficients(manager, surrogates.losses(), differentiable))
            .toFloatArray();

    for (int m = 0; m < OBJECTIVES; m++) {
      ClippedSurrogate.Evaluation expected =
          new ClippedSurrogate(0.2)
              .evaluate(rows(logProbs, 0), rows(behavior, 0), rows(advantages, m));
      assertThat((double) surrogates.losses().getFloat(m)).isCloseTo(expected.loss(), within(1e-5));
      assertRows(coefficients, m, expected.gradient());
    }
  }

  @RepeatedTest(10)
  void weightsThatAreCommonScaleEveryObjectivesAdvantagesAlike(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    float[] logProbs = gaussians(random, TOKENS, 0.5);
    float[] behavior = gaussians(random, TOKENS, 0.5);
    float[] advantages = gaussians(random, OBJECTIVES * TOKENS, 2);
    float[] weights = new float[TOKENS];
    for (int t = 0; t < TOKENS; t++) {
      weights[t] = random.nextBoolean() ? 0 : random.nextFloat() * 2;
    }

    NDArray differentiable = manager.create(logProbs);
    differentiable.setRequiresGradient(true);
    PpoScript.Surrogates surrogates =
        GradMode.recording(
            () ->
                script.weightedSurrogates(
                    manager,
                    differentiable,
                    manager.create(behavior),
                    manager.create(advantages, new Shape(OBJECTIVES, TOKENS)),
                    manager.create(shares()),
                    manager.create(weights)));
    float[] coefficients =
        GradMode.recording(() -> script.coefficients(manager, surrogates.losses(), differentiable))
            .toFloatArray();

    float[] shares = shares();
    float[] ratios = surrogates.ratios().toFloatArray();
    for (int m = 0; m < OBJECTIVES; m++) {
      double loss = 0;
      for (int t = 0; t < TOKENS; t++) {
        int at = m * TOKENS + t;
        double expected = -(double) shares[t] * weights[t] * advantages[at];
        loss += expected;
        assertThat((double) coefficients[at]).isCloseTo(expected, within(1e-6));
        // The same factor for all objectives: what it multiplies is their advantages.
        assertThat(coefficients[at] * advantages[t])
            .isCloseTo(coefficients[t] * advantages[at], within(1e-5f));
        assertThat((double) ratios[t])
            .isCloseTo(Math.exp((double) logProbs[t] - behavior[t]), within(1e-5));
      }
      assertThat((double) surrogates.losses().getFloat(m)).isCloseTo(loss, within(1e-5));
    }
  }

  @Test
  void theK3DivergenceCountsEachTokenByHowMuchRarerItIsThanUnderTheReference() {
    float[] logProbs = {-0.5f, -2, -1};
    float[] reference = {-0.5f, -1.5f, -3};

    float[] derivative = divergence(logProbs, reference, new CommonPenalties(0, 0.25, 0));

    for (int t = 0; t < logProbs.length; t++) {
      assertThat((double) derivative[t])
          .isCloseTo(0.25 * (1 - Math.exp((double) reference[t] - logProbs[t])), within(1e-6));
    }
  }

  @Test
  void whatStandsBesideTheObjectivesIsAddedToTheirUpdate() {
    NDArray logProbs = manager.create(new float[] {-1, -2});
    logProbs.setRequiresGradient(true);
    NDArray behavior = manager.create(new float[] {-1.5f, -2});
    NDArray shares = manager.create(new float[] {0.5f, 0.25f});

    float[] derivative =
        GradMode.recording(
                () ->
                    script.updateCoefficients(
                        manager,
                        logProbs.mul(0).sum().expandDims(0),
                        manager.create(new float[1]),
                        logProbs,
                        behavior,
                        new CommonPenalties(0, 0, 0),
                        List.of(
                            script.shared(
                                manager,
                                script.squaredLogRatios(manager, logProbs, behavior, shares),
                                3))))
            .toFloatArray();

    assertThat(derivative).containsExactly(new float[] {3 * 2 * 0.5f * 0.5f, 0}, within(1e-6f));
  }

  @Test
  void aSharedLossOutlivesAGarbageCollection() {
    NDArray losses = manager.create(new float[] {3, 4});
    losses.setRequiresGradient(true);
    try (TensorList by = new TensorList(List.of(losses))) {
      NDArray shared = GradMode.recording(() -> script.shared(manager, losses, 0.25));

      System.gc();
      for (int i = 0; i < 64; i++) {
        ByteBuffer.allocateDirect(Float.BYTES).putFloat(0, Float.NaN);
      }

      assertThat(shared.getFloat()).isEqualTo(1.75f);
      assertThat(
              GradMode.recording(() -> runtime.autograd().gradients(manager, shared, by, false))
                  .get(0)
                  .toFloatArray())
          .containsExactly(0.25f, 0.25f);
    }
  }

  @Test
  void theDivergenceCountsEachTokenByItsLogRatioAndNotByARatioWithoutBound() {
    float[] derivative =
        divergence(
            new float[] {-0.5f, -2, -30, -0.001f}, new float[] {-0.5f, -1.5f, -1, -20}, 0.25);

    assertThat(derivative)
        .containsExactly(new float[] {0, -0.125f, -7.25f, 0.25f * 19.999f}, within(1e-5f));
  }

  /**
   * Each token comes as often as the policy samples it: by the logits, as an enumeration has it.
   */
  @Test
  void overWhatThePolicySamplesItsGradientIsThatOfTheDivergenceThatIsReported() {
    double[] policy = {0.7, 0.2, 0.0999, 0.0001};
    double[] reference = {0.1, 0.05, 0.25, 0.6};
    double klDivergence = 0;
    for (int v = 0; v < policy.length; v++) {
      klDivergence += policy[v] * Math.log(policy[v] / reference[v]);
    }

    float[] derivative = divergence(logarithms(policy), logarithms(reference), 1);

    double mean = 0;
    for (int v = 0; v < policy.length; v++) {
      mean += policy[v] * derivative[v];
    }
    for (int v = 0; v < policy.length; v++) {
      double byLogit = policy[v] * (derivative[v] - mean);
      double expected = policy[v] * (Math.log(policy[v] / reference[v]) - klDivergence);
      assertThat(byLogit).isCloseTo(expected, within(1e-6));
    }
  }

  private float[] divergence(float[] logProbs, float[] reference, double share) {
    return divergence(logProbs, reference, new CommonPenalties(share, 0, 0));
  }

  private float[] divergence(float[] logProbs, float[] reference, CommonPenalties penalties) {
    NDArray differentiable = manager.create(logProbs);
    differentiable.setRequiresGradient(true);
    return GradMode.recording(
            () ->
                script.updateCoefficients(
                    manager,
                    differentiable.mul(0).sum().expandDims(0),
                    manager.create(new float[1]),
                    differentiable,
                    manager.create(reference),
                    penalties,
                    List.of()))
        .toFloatArray();
  }

  private static float[] logarithms(double[] probabilities) {
    float[] logarithms = new float[probabilities.length];
    for (int v = 0; v < logarithms.length; v++) {
      logarithms[v] = (float) Math.log(probabilities[v]);
    }
    return logarithms;
  }

  @RepeatedTest(10)
  void losesAndDifferentiatesAsTheValueLossDoes(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    float[] values = gaussians(random, OBJECTIVES * TOKENS, 3);
    float[] old = gaussians(random, OBJECTIVES * TOKENS, 3);
    float[] returns = gaussians(random, OBJECTIVES * TOKENS, 3);
    Shape shape = new Shape(OBJECTIVES, TOKENS);

    NDArray differentiable = manager.create(values, shape);
    differentiable.setRequiresGradient(true);
    NDArray losses =
        GradMode.recording(
            () ->
                script.valueLosses(
                    manager,
                    differentiable,
                    manager.create(old, shape),
                    manager.create(returns, shape),
                    manager.create(shares()),
                    0.7));
    float[] gradient;
    try (TensorList parameters = new TensorList(List.of(differentiable))) {
      NDArray sum = GradMode.recording(losses::sum);
      gradient =
          runtime.autograd().gradients(manager, sum, parameters, false).get(0).toFloatArray();
    }

    for (int m = 0; m < OBJECTIVES; m++) {
      ValueLoss.Evaluation expected =
          new ValueLoss(0.7).evaluate(rows(values, m), rows(old, m), rows(returns, m));
      assertThat((double) losses.getFloat(m)).isCloseTo(expected.loss(), within(1e-4));
      assertRows(gradient, m, expected.gradient());
    }
  }

  /** Float16 ends at 65504 and at 6e-8; weights of objectives and lengths of batches do not. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-12, 1e-6, 1, 1e6, 1e12})
  void differentiatesInHalfPrecisionWhatItCannotHold(double size) {
    assertNear(gradients(DataType.F16, size, 1, 1), gradients(DataType.F32, size, 1, 1), size);
  }

  /** States of real models have outliers, and policies are sampled at low temperatures. */
  @ParameterizedTest
  @CsvSource({"100, 1", "10, 0.1", "1, 0.01"})
  void differentiatesInHalfPrecisionByLargeStatesAndAtLowTemperatures(
      double states, double temperature) {
    double size = 1.0 / TOKENS;

    assertNear(
        gradients(DataType.F16, size, states, temperature),
        gradients(DataType.F32, size, states, temperature),
        size);
  }

  private static void assertNear(List<float[]> rounded, List<float[]> exact, double size) {
    for (int i = 0; i < exact.size(); i++) {
      float largest = largest(exact.get(i));
      assertThat(largest).isGreaterThan((float) (size * 1e-3));
      assertThat(rounded.get(i)).containsExactly(exact.get(i), within(0.02f * largest));
    }
  }

  @Test
  void differentiatesInHalfPrecisionWhereNothingIsToBeLearned() {
    assertThat(gradients(DataType.F16, 0, 1, 1)).allSatisfy(g -> assertThat(g).containsOnly(0));
  }

  /**
   * By what makes the states and by the output layer.
   *
   * @param size of all coefficients
   * @param magnitude of the states; the output layer is as much smaller
   */
  private List<float[]> gradients(
      DataType dataType, double size, double magnitude, double temperature) {
    int width = 8;
    int vocabulary = 12;
    SplittableRandom random = new SplittableRandom(7);
    NDArray inputs = rounded(dataType, gaussians(random, TOKENS * width, magnitude), TOKENS, width);
    NDArray trunk = rounded(dataType, gaussians(random, width, 1), 1, width);
    NDArray head =
        rounded(
            dataType,
            gaussians(random, vocabulary * width, temperature / magnitude),
            vocabulary,
            width);
    trunk.setRequiresGradient(true);
    head.setRequiresGradient(true);
    long[] targets = random.longs(TOKENS, 0, vocabulary).toArray();
    float[] coefficients = new float[TOKENS];
    for (int t = 0; t < TOKENS; t++) {
      coefficients[t] = (float) (random.nextBoolean() ? size : -size);
    }
    NDArray states = GradMode.recording(() -> inputs.mul(trunk));
    PpoScript.Prediction prediction =
        GradMode.notRecording(
            () -> script.predict(manager, states, head, manager.create(targets), temperature));
    try (DifferentiatedTensors parameters = new DifferentiatedTensors(List.of(trunk, head))) {
      NDList gradients =
          GradMode.recording(
              () ->
                  script.backward(
                      manager,
                      new PpoScript.Output(states, prediction.errors(), head, temperature),
                      manager.create(coefficients),
                      List.of(),
                      parameters,
                      true));
      return gradients.stream()
          .map(g -> runtime.tensors().convert(manager, g, DataType.F32).toFloatArray())
          .toList();
    }
  }

  private NDArray rounded(DataType dataType, float[] values, long... shape) {
    return runtime.tensors().convert(manager, manager.create(values, new Shape(shape)), dataType);
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static float[] shares() {
    float[] shares = new float[TOKENS];
    int at = 0;
    for (int length : LENGTHS) {
      for (int t = 0; t < length; t++) {
        shares[at++] = 1f / LENGTHS.length / length;
      }
    }
    return shares;
  }

  /** One objective's numbers by sequence. */
  private static double[][] rows(float[] flat, int objective) {
    double[][] rows = new double[LENGTHS.length][];
    int at = objective * TOKENS;
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new double[LENGTHS[i]];
      for (int t = 0; t < rows[i].length; t++) {
        rows[i][t] = flat[at++];
      }
    }
    return rows;
  }

  private static void assertRows(float[] flat, int objective, double[][] expected) {
    double[][] actual = rows(flat, objective);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).containsExactly(expected[i], within(1e-5));
    }
  }

  private static float[] gaussians(SplittableRandom random, int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }
}
