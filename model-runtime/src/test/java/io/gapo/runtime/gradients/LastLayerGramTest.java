package io.gapo.runtime.gradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gapo.runtime.gradients.LastLayerGram.Part;
import io.gapo.runtime.torch.GradMode;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LastLayerGramTest {

  private static final double TEMPERATURE = 0.7;
  private static final int OBJECTIVES = 3;
  private static final int WIDTH = 5;
  private static final int VOCABULARY = 11;

  private final SplittableRandom random = new SplittableRandom(11);
  private TorchRuntime runtime;
  private NDManager manager;
  private PpoScript script;
  private LastLayerGram gram;

  @BeforeEach
  void start() {
    runtime = TorchRuntime.start(TorchSettings.cpu(1));
    manager = runtime.newManager();
    script = new PpoScript(manager);
    gram = new LastLayerGram(script, TEMPERATURE, VOCABULARY);
  }

  @AfterEach
  void stop() {
    script.close();
    runtime.close();
  }

  @Test
  void agreesBothWaysWithExplicitGradients() {
    NDArray head = gaussians(VOCABULARY, WIDTH);
    head.setRequiresGradient(true);
    List<NDArray> sums = new ArrayList<>();
    List<Part> parts = List.of(part(head, 7, sums), part(head, 2, sums));

    double[][] explicit = explicitGram(sums);

    assertClose(gram.byGradients(manager, parts), explicit);
    assertClose(gram.byTokenKernel(manager, parts), explicit);
    assertClose(gram.of(manager, parts), explicit);
  }

  @Test
  void isZeroWhereThereIsNoAdvantage() {
    NDArray head = gaussians(VOCABULARY, WIDTH);
    NDArray states = gaussians(4, WIDTH);
    NDArray errors = states.matMul(head.transpose()).softmax(1);
    List<Part> parts = List.of(new Part(manager.zeros(new Shape(2, 4)), states, owner -> errors));

    assertThat(gram.byGradients(manager, parts)).isDeepEqualTo(new double[2][2]);
    assertThat(gram.byTokenKernel(manager, parts)).isDeepEqualTo(new double[2][2]);
  }

  /** Objective m's loss is a random combination of the tokens' log-probabilities. */
  private Part part(NDArray head, int tokens, List<NDArray> gradientSums) {
    NDArray states = gaussians(tokens, WIDTH);
    long[] targets = new long[tokens];
    for (int t = 0; t < tokens; t++) {
      targets[t] = random.nextInt(VOCABULARY);
    }
    NDArray targetTokens = manager.create(targets);
    NDArray coefficients = gaussians(OBJECTIVES, tokens);
    NDArray recorded =
        GradMode.recording(() -> script.logProbs(manager, states, head, targetTokens, TEMPERATURE));
    try (TensorList parameters = new TensorList(List.of(head))) {
      for (int m = 0; m < OBJECTIVES; m++) {
        NDArray row = coefficients.get(m);
        NDArray loss = GradMode.recording(() -> recorded.mul(row).sum());
        NDList gradient = runtime.autograd().gradients(manager, loss, parameters, true);
        if (gradientSums.size() <= m) {
          gradientSums.add(gradient.get(0));
        } else {
          gradientSums.get(m).addi(gradient.get(0));
        }
      }
    }
    PpoScript.Prediction prediction =
        GradMode.notRecording(
            () -> script.predict(manager, states, head, targetTokens, TEMPERATURE));
    return new Part(coefficients, states, owner -> prediction.errors());
  }

  private static double[][] explicitGram(List<NDArray> gradients) {
    double[][] products = new double[gradients.size()][gradients.size()];
    for (int i = 0; i < products.length; i++) {
      float[] a = gradients.get(i).toFloatArray();
      for (int j = 0; j < products.length; j++) {
        float[] b = gradients.get(j).toFloatArray();
        for (int k = 0; k < a.length; k++) {
          products[i][j] += (double) a[k] * b[k];
        }
      }
    }
    return products;
  }

  private static void assertClose(double[][] actual, double[][] expected) {
    for (int i = 0; i < expected.length; i++) {
      for (int j = 0; j < expected.length; j++) {
        double scale = Math.sqrt(expected[i][i] * expected[j][j]);
        assertThat(actual[i][j]).isCloseTo(expected[i][j], within(2e-6 * scale));
      }
    }
  }

  private NDArray gaussians(long... shape) {
    float[] values = new float[(int) new Shape(shape).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return manager.create(values, new Shape(shape));
  }
}
