package io.gapo.runtime.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.port.NonFiniteGradientException;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import io.gapo.runtime.trainable.TensorCheck;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdamWTest {

  private static final AdamWSettings SETTINGS = new AdamWSettings(0.9, 0.95, 1e-8, 0.1, 1);
  private static final Shape MATRIX = new Shape(7, 5);
  private static final Shape VECTOR = new Shape(11);
  private static final double RATE = 1e-2;

  private TorchRuntime runtime;
  private NDManager manager;

  @BeforeEach
  void start() {
    runtime = TorchRuntime.start(TorchSettings.cpu(1));
    manager = runtime.newManager();
  }

  @AfterEach
  void stop() {
    runtime.close();
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-8, 1e-6, 1e-3, 1, 1e3})
  void agreesWithAdamWInDoublePrecision(double scale) {
    SplittableRandom random = new SplittableRandom(3);
    float[] matrix = gaussians(random, MATRIX, 1);
    float[] vector = gaussians(random, VECTOR, 1);
    List<NDArray> weights = weights(matrix, vector);
    ReferenceAdamW referenceMatrix = new ReferenceAdamW(matrix, 0.1);
    ReferenceAdamW referenceVector = new ReferenceAdamW(vector, 0);

    try (AdamW adamW = new AdamW(runtime, List.of("m", "v"), weights, SETTINGS)) {
      for (int step = 0; step < 5; step++) {
        float[] matrixGradient = gaussians(random, MATRIX, scale);
        float[] vectorGradient = gaussians(random, VECTOR, scale);
        double norm = step(adamW, matrixGradient, vectorGradient);
        double expectedNorm = Math.sqrt(squaredNorm(matrixGradient) + squaredNorm(vectorGradient));
        assertThat(norm).isCloseTo(expectedNorm, within(1e-6 * expectedNorm));
        double clip = Math.min(1, 1 / (expectedNorm + 1e-6));
        referenceMatrix.step(matrixGradient, clip);
        referenceVector.step(vectorGradient, clip);
      }
    }

    assertClose(weights.get(0).toFloatArray(), referenceMatrix.weights);
    assertClose(weights.get(1).toFloatArray(), referenceVector.weights);
  }

  /** 16 MiB of clipped gradients is what is updated at a time. */
  @Test
  void updatesWeightsOfSeveralTurnsAsOne() {
    Shape shape = new Shape(3_000_000, 1);
    List<NDArray> weights = List.of(manager.ones(shape), manager.ones(MATRIX), manager.ones(shape));
    List<NDArray> gradients =
        List.of(manager.ones(shape), manager.ones(MATRIX).mul(-1), manager.ones(shape).mul(3));
    float[] ofEach = {1, -1, 3};

    double norm;
    List<NamedTensor> moments;
    try (AdamW adamW = new AdamW(runtime, List.of("a", "b", "c"), weights, SETTINGS)) {
      norm = adamW.gradientNorm(gradients);
      adamW.update(gradients, norm, RATE);
      moments = adamW.momentsOnHeap();
    }

    for (int i = 0; i < 3; i++) {
      // The first step of Adam shows a gradient's sign alone, its moments the gradient as clipped.
      float weight = (float) (1 - RATE * Math.signum(ofEach[i]) - RATE * SETTINGS.weightDecay());
      double clipped = ofEach[i] / norm;
      assertAll(weights.get(i), weight, 1e-5f);
      assertAll(moments.get(i), 0.1 * clipped);
      assertAll(moments.get(3 + i), 0.05 * clipped * clipped);
    }
    assertThat(gradients.get(2).max().getFloat()).isEqualTo(3);
  }

  private static void assertAll(NDArray tensor, float expected, float tolerance) {
    assertThat(tensor.min().getFloat()).isCloseTo(expected, within(tolerance));
    assertThat(tensor.max().getFloat()).isCloseTo(expected, within(tolerance));
  }

  private void assertAll(NamedTensor moment, double expected) {
    try (NDManager step = manager.newSubManager()) {
      float tolerance = (float) Math.abs(1e-4 * expected);
      assertAll(runtime.tensors().create(step, moment), (float) expected, tolerance);
    }
  }

  /** This can happen if some operator's derivative keeps its input's layout. */
  @Test
  void readsAGradientThatIsLaidOutOtherwiseThanItsWeight() {
    SplittableRandom random = new SplittableRandom(9);
    float[] matrix = gaussians(random, MATRIX, 1);
    NDArray transposed = manager.create(gaussians(random, MATRIX, 1e-3), new Shape(5, 7));
    NDArray plain = manager.create(transposed.transpose().toFloatArray(), MATRIX);
    List<NDArray> weights = List.of(manager.create(matrix, MATRIX));
    List<NDArray> same = List.of(manager.create(matrix, MATRIX));

    try (AdamW adamW = new AdamW(runtime, List.of("m"), weights, SETTINGS);
        AdamW other = new AdamW(runtime, List.of("m"), same, SETTINGS)) {
      adamW.update(List.of(transposed.transpose()), 0.1, RATE);
      other.update(List.of(plain), 0.1, RATE);
    }

    assertThat(weights.get(0).toFloatArray()).isEqualTo(same.get(0).toFloatArray());
  }

  @Test
  void goesOnBitForBitFromItsMoments() {
    SplittableRandom random = new SplittableRandom(5);
    float[] matrix = gaussians(random, MATRIX, 1);
    float[] vector = gaussians(random, VECTOR, 1);
    List<NDArray> weights = weights(matrix, vector);
    float[] matrixGradient = gaussians(random, MATRIX, 1);
    float[] vectorGradient = gaussians(random, VECTOR, 1);

    try (AdamW original = new AdamW(runtime, List.of("m", "v"), weights, SETTINGS)) {
      step(original, matrixGradient, vectorGradient);
      step(original, gaussians(random, MATRIX, 1), vectorGradient);
      List<NDArray> copies = weights(weights.get(0).toFloatArray(), weights.get(1).toFloatArray());
      try (AdamW restored = new AdamW(runtime, List.of("m", "v"), copies, SETTINGS)) {
        restored.restore(TensorCheck.byName(original.momentsOnHeap()), original.steps());
        step(original, matrixGradient, vectorGradient);
        step(restored, matrixGradient, vectorGradient);

        assertThat(restored.steps()).isEqualTo(3);
        assertThat(restored.momentsOnHeap()).isEqualTo(original.momentsOnHeap());
        assertThat(copies.get(0).toFloatArray()).isEqualTo(weights.get(0).toFloatArray());
        assertThat(copies.get(1).toFloatArray()).isEqualTo(weights.get(1).toFloatArray());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void namesTheGradientThatIsNotFinite(float poison) {
    List<NDArray> weights = weights(new float[35], new float[11]);
    float[] bad = new float[11];
    bad[7] = poison;

    try (AdamW adamW = new AdamW(runtime, List.of("m", "v"), weights, SETTINGS)) {
      assertThatThrownBy(() -> adamW.gradientNorm(weights(new float[35], bad)))
          .isInstanceOf(NonFiniteGradientException.class)
          .hasMessageContaining("v");
    }
  }

  @Test
  void measuresGradientsWhoseSquaresOverflowSinglePrecision() {
    float[] huge = new float[11];
    huge[0] = 3e30f;
    huge[1] = 4e30f;

    try (AdamW adamW =
        new AdamW(runtime, List.of("m", "v"), weights(new float[35], new float[11]), SETTINGS)) {
      assertThat(adamW.gradientNorm(weights(new float[35], huge))).isCloseTo(5e30, within(1e24));
    }
  }

  @Test
  void measuresLargeGradientsInDoublePrecision() {
    int elements = 1 << 23;
    float element = 1e-3f;
    float[] large = new float[elements];
    Arrays.fill(large, element);

    try (AdamW adamW =
            new AdamW(runtime, List.of("m", "v"), weights(new float[35], new float[11]), SETTINGS);
        NDManager manager = runtime.newManager()) {
      double norm =
          adamW.gradientNorm(List.of(manager.create(new float[35]), manager.create(large)));

      // Single precision misses this one by 0.3 %, and larger tensors by more.
      double expected = element * Math.sqrt(elements);
      assertThat(norm).isCloseTo(expected, within(1e-9 * expected));
    }
  }

  private double step(AdamW adamW, float[] matrixGradient, float[] vectorGradient) {
    List<NDArray> gradients = weights(matrixGradient, vectorGradient);
    double norm = adamW.gradientNorm(gradients);
    adamW.update(gradients, norm, RATE);
    return norm;
  }

  private List<NDArray> weights(float[] matrix, float[] vector) {
    List<NDArray> tensors = new ArrayList<>();
    tensors.add(manager.create(matrix, MATRIX));
    tensors.add(manager.create(vector, VECTOR));
    return tensors;
  }

  private static float[] gaussians(SplittableRandom random, Shape shape, double scale) {
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }

  private static double squaredNorm(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return sum;
  }

  private static void assertClose(float[] actual, double[] expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).isCloseTo(expected[i], within(2e-6));
    }
  }

  /** Loshchilov and Hutter 2019, Algorithm 2, as PyTorch orders it. */
  private static final class ReferenceAdamW {

    private final double[] weights;
    private final double[] mean;
    private final double[] square;
    private final double decay;
    private int steps;

    private ReferenceAdamW(float[] weights, double decay) {
      this.weights = new double[weights.length];
      for (int i = 0; i < weights.length; i++) {
        this.weights[i] = weights[i];
      }
      this.mean = new double[weights.length];
      this.square = new double[weights.length];
      this.decay = decay;
    }

    private void step(float[] gradient, double clip) {
      steps++;
      for (int i = 0; i < weights.length; i++) {
        double g = gradient[i] * clip;
        weights[i] *= 1 - RATE * decay;
        mean[i] = 0.9 * mean[i] + 0.1 * g;
        square[i] = 0.95 * square[i] + 0.05 * g * g;
        double correctedMean = mean[i] / (1 - Math.pow(0.9, steps));
        double correctedSquare = square[i] / (1 - Math.pow(0.95, steps));
        weights[i] -= RATE * correctedMean / (Math.sqrt(correctedSquare) + 1e-8);
      }
    }
  }
}
