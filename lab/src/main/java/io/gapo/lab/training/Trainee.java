package io.gapo.lab.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.gapo.runtime.torch.TensorList;
import java.util.List;
import java.util.Map;

/**
 * A model that learns from examples.
 *
 * @param <T> an example as tokens
 * @param <R> how good it is
 */
interface Trainee<T, R extends HeldOutReport> extends AutoCloseable {

  /** What is trained, by name. */
  Map<String, NDArray> trained();

  /** How many rows an example takes when it goes through the model. */
  int rowsAnExample();

  /** How much an example counts in the mean that a batch's loss is. */
  long weight(T example);

  /**
   * Adds a micro-batch's part of the gradients.
   *
   * @param share of the batch's weight that the micro-batch has
   * @param sums one for each of {@code parameters}
   * @return its part of the batch's loss
   */
  double addGradients(
      NDManager step, List<T> microBatch, double share, TensorList parameters, TensorList sums);

  /** How good the model is on examples that it was not trained on. */
  R evaluate(ExampleSet<?, T> heldOut);

  @Override
  void close();
}
