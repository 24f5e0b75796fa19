package io.gapo.runtime.gradients;

import ai.djl.ndarray.NDArray;
import io.gapo.runtime.torch.TensorList;
import java.util.List;

/**
 * What a loss is differentiated by, in the order of its gradients: leaves that require gradients.
 * The tensors stay their owner's.
 */
final class DifferentiatedTensors implements AutoCloseable {

  private final List<NDArray> tensors;
  private final TensorList list;

  DifferentiatedTensors(List<NDArray> tensors) {
    this.tensors = List.copyOf(tensors);
    this.list = new TensorList(this.tensors);
  }

  List<NDArray> tensors() {
    return tensors;
  }

  TensorList list() {
    return list;
  }

  /** Where this very tensor stands; -1 if it is not among them. */
  int placeOf(NDArray tensor) {
    for (int i = 0; i < tensors.size(); i++) {
      if (tensors.get(i) == tensor) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public void close() {
    list.close();
  }
}
