package io.gapo.runtime.checkpoint;

import io.gapo.core.policy.NamedTensor;
import io.gapo.runtime.safetensors.TensorValues;

/** Keeps NaN and infinity, with which a model answers nothing, out of what is written. */
public final class FiniteTensors {

  private FiniteTensors() {}

  /**
   * The tensor itself.
   *
   * @throws UnusablePolicyException naming it if an element is not finite, in the tensor's own type
   */
  public static NamedTensor require(NamedTensor tensor) {
    if (!TensorValues.areFinite(tensor)) {
      throw new UnusablePolicyException(
          "tensor '%s' holds NaN or infinity in %s: no model computes with it"
              .formatted(tensor.name(), tensor.dataType()));
    }
    return tensor;
  }
}
