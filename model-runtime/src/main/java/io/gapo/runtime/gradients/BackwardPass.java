package io.gapo.runtime.gradients;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** A micro-batch on its way back, from the response tokens' log-probabilities to the parameters. */
sealed interface BackwardPass extends AutoCloseable permits RecordedPass, LayeredPass {

  /**
   * Adds the gradients of {@code Σ_t coefficients[t]·logProbs[t] + Σ others}.
   *
   * @param coefficients shape (N)
   * @param others recorded scalars
   * @param into one sum for each of {@code by}
   * @param end whether this is the last call
   */
  void addGradients(
      NDArray coefficients,
      List<NDArray> others,
      DifferentiatedTensors by,
      SummedGradients into,
      boolean end);

  @Override
  void close();
}
