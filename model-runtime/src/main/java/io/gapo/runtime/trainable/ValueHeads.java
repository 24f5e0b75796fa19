package io.gapo.runtime.trainable;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gapo.runtime.checkpoint.ValueHeadName;
import io.gapo.runtime.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One linear head per objective that predicts the return of a response token from the hidden state
 * before it, in single precision; zeros to begin with.
 *
 * <p>Tensors {@link ValueHeadName#ofWeight} (1, D) and {@link ValueHeadName#ofBias} (1).
 */
public final class ValueHeads implements AutoCloseable {

  private final NDManager manager;
  private final Map<String, NDArray> tensors = new LinkedHashMap<>();
  private final List<NDArray> weights = new ArrayList<>();
  private final List<NDArray> biases = new ArrayList<>();

  public ValueHeads(TorchRuntime runtime, List<String> objectives, long hiddenSize) {
    this.manager = runtime.newManager();
    for (String objective : objectives) {
      NDArray weight = manager.zeros(new Shape(1, hiddenSize));
      NDArray bias = manager.zeros(new Shape(1));
      weights.add(weight);
      biases.add(bias);
      tensors.put(ValueHeadName.ofWeight(objective), weight);
      tensors.put(ValueHeadName.ofBias(objective), bias);
    }
  }

  /** All tensors by name, in order. */
  public Map<String, NDArray> tensors() {
    return tensors;
  }

  /** Shapes (1, D), in the objectives' order. */
  public List<NDArray> weights() {
    return weights;
  }

  /** Shapes (1), in the objectives' order. */
  public List<NDArray> biases() {
    return biases;
  }

  @Override
  public void close() {
    manager.close();
  }
}
