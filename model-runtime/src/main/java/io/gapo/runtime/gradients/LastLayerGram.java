package io.gapo.runtime.gradients;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gapo.core.combine.CountSketch;
import io.gapo.core.combine.LinearGradients;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Inner products of the objectives' gradients with respect to the output layer, without a pass
 * backward through the model.
 *
 * <p>The losses see the logits only through the log-probabilities of the response tokens, so with u
 * = softmax − onehot and h the layer's input, {@code gᵢ = Σ_t cᵢ[t]·u_t⊗h_t}. Either these sums are
 * made, at a cost of M·N·V·D, or their products are taken without them, {@code gᵢ·gⱼ =
 * cᵢᵀ[(UUᵀ)∘(HHᵀ)]cⱼ}, at N²·(V+D)/2 for N tokens.
 */
final class LastLayerGram {

  /**
   * What a micro-batch brings to the gradients.
   *
   * @param coefficients derivative of each objective's loss by each log-probability, shape (M, N)
   * @param states shape (N, D)
   * @param errors {@code u}, shape (N, V): the largest of a step
   */
  record Part(NDArray coefficients, NDArray states, Errors errors) {}

  /** Where errors come from: they are held, or made when they are needed. */
  interface Errors {

    /** Errors that are held, or made now for this owner. */
    NDArray of(NDManager owner);
  }

  private final PpoScript script;
  private final double temperature;
  private final int vocabulary;

  /**
   * @param vocabulary V
   */
  LastLayerGram(PpoScript script, double temperature, int vocabulary) {
    this.script = script;
    this.temperature = temperature;
    this.vocabulary = vocabulary;
  }

  /**
   * Products of all objectives' gradients, shape (M, M), the cheaper way; may be NaN.
   *
   * <p>The kernel needs the errors of all tokens at once, so it is not taken where they need more
   * memory than the sums.
   */
  double[][] of(NDManager manager, List<Part> parts) {
    double objectives = parts.get(0).coefficients().getShape().get(0);
    double width = parts.get(0).states().getShape().get(1);
    double tokens = parts.stream().mapToLong(part -> part.coefficients().getShape().get(1)).sum();
    // The kernel is symmetric: little more than half of it is computed.
    boolean kernelIsFaster = 0.6 * tokens * (vocabulary + width) < objectives * vocabulary * width;
    boolean kernelIsSmaller = tokens <= objectives * width;
    return kernelIsFaster && kernelIsSmaller
        ? byTokenKernel(manager, parts)
        : byGradients(manager, parts);
  }

  double[][] byGradients(NDManager manager, List<Part> parts) {
    try (NDManager step = manager.newSubManager()) {
      return rows(script.innerProducts(step, gradients(step, parts)));
    }
  }

  /**
   * The gradients' products, and the gradients themselves as they are sent off.
   *
   * @param products may be NaN
   * @param linear empty if a gradient is not finite
   */
  record Summable(double[][] products, Optional<LinearGradients> linear) {}

  Summable summable(NDManager manager, List<Part> parts, GradientSum sum) {
    try (NDManager step = manager.newSubManager()) {
      NDArray gradients = gradients(step, parts);
      double[][] products = rows(script.innerProducts(step, gradients));
      for (int i = 0; i < products.length; i++) {
        if (!Double.isFinite(products[i][i])) {
          return new Summable(products, Optional.empty());
        }
      }
      return new Summable(products, Optional.of(linear(step, gradients, sum)));
    }
  }

  private LinearGradients linear(NDManager step, NDArray gradients, GradientSum sum) {
    int objectives = (int) gradients.getShape().get(0);
    long dimension = gradients.getShape().get(1);
    @Nullable CountSketch sketch = sum.sketchFor(objectives, dimension).orElse(null);
    float[][] rows = new float[objectives][];
    if (sketch == null) {
      for (int m = 0; m < objectives; m++) {
        rows[m] = gradients.get(m).toFloatArray();
      }
    } else {
      double[] flat = script.countSketch(step, gradients, sketch).toDoubleArray();
      for (int m = 0; m < objectives; m++) {
        rows[m] = new float[sketch.width()];
        for (int k = 0; k < sketch.width(); k++) {
          rows[m][k] = (float) flat[m * sketch.width() + k];
        }
      }
    }
    return new LinearGradients(dimension, sketch, rows);
  }

  /** Of the losses, shape (M, V·D). */
  private NDArray gradients(NDManager step, List<Part> parts) {
    Part first = parts.get(0);
    long objectives = first.coefficients().getShape().get(0);
    long width = first.states().getShape().get(1);
    NDArray sums = step.zeros(new Shape(objectives, vocabulary, width));
    for (Part part : parts) {
      try (NDManager pass = step.newSubManager()) {
        script.addHeadGradients(
            pass, sums, part.coefficients(), part.states(), part.errors().of(pass), temperature);
      }
    }
    return sums.reshape(objectives, vocabulary * width);
  }

  double[][] byTokenKernel(NDManager manager, List<Part> parts) {
    try (NDManager step = manager.newSubManager()) {
      return rows(
          script.tokenKernel(
              step,
              concatenated(step, parts, Part::coefficients, 1),
              concatenated(step, parts, Part::states, 0),
              concatenated(step, parts, part -> part.errors().of(step), 0),
              temperature));
    }
  }

  private static NDArray concatenated(
      NDManager owner, List<Part> parts, Function<Part, NDArray> field, int axis) {
    if (parts.size() == 1) {
      return field.apply(parts.get(0));
    }
    NDArray whole = NDArrays.concat(new NDList(parts.stream().map(field).toList()), axis);
    whole.attach(owner);
    return whole;
  }

  private static double[][] rows(NDArray products) {
    int objectives = (int) products.getShape().get(0);
    double[] flat = products.toDoubleArray();
    double[][] rows = new double[objectives][objectives];
    for (int i = 0; i < objectives; i++) {
      for (int j = 0; j < objectives; j++) {
        rows[i][j] = flat[i * objectives + j];
      }
      // Rounding in the kernel can bring a vanishing gradient's square below zero.
      rows[i][i] = Math.max(0, rows[i][i]);
    }
    return rows;
  }
}
