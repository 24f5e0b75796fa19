package io.gapo.runtime.gradients;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.torch.Tensors;
import java.util.List;

/** Gradients of a batch's micro-batches, added up in single precision. Not thread-safe. */
final class SummedGradients {

  private final Tensors tensors;
  private final NDManager owner;
  private final NDList sums = new NDList();

  /**
   * @param owner of the sums
   */
  SummedGradients(Tensors tensors, NDManager owner) {
    this.tensors = tensors;
    this.owner = owner;
  }

  /** Adds one micro-batch's gradients; the first ones become the sums. */
  void add(NDList gradients) {
    boolean begins = sums.isEmpty();
    for (int i = 0; i < gradients.size(); i++) {
      NDArray gradient = gradients.get(i);
      NDArray wide = tensors.convert(gradient.getManager(), gradient, DataType.F32);
      if (begins) {
        wide.attach(owner);
        sums.add(wide);
      } else {
        sums.get(i).addi(wide);
      }
    }
  }

  /** The sums to add to, zeros before anything was added. */
  NDList sumsFor(List<NDArray> parameters) {
    if (sums.isEmpty()) {
      for (NDArray parameter : parameters) {
        sums.add(tensors.zeros(owner, DataType.F32, parameter.getShape().getShape()));
      }
    }
    return sums;
  }

  /** One tensor a parameter, in order. */
  NDList sums() {
    return sums;
  }
}
