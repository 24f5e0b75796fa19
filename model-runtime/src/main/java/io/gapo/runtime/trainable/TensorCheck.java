package io.gapo.runtime.trainable;

import io.gapo.core.policy.NamedTensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tensors that came from outside, held against what the model needs. */
public final class TensorCheck {

  private TensorCheck() {}

  /**
   * Tensors by name.
   *
   * @throws IllegalArgumentException if two have one name
   */
  public static Map<String, NamedTensor> byName(List<NamedTensor> tensors) {
    Map<String, NamedTensor> byName = new HashMap<>();
    for (NamedTensor tensor : tensors) {
      if (byName.put(tensor.name(), tensor) != null) {
        throw new IllegalArgumentException("tensor '%s' comes twice".formatted(tensor.name()));
      }
    }
    return byName;
  }

  /**
   * The tensor of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static NamedTensor require(Map<String, NamedTensor> tensors, String name) {
    NamedTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("tensor '%s' is missing".formatted(name));
    }
    return tensor;
  }

  /**
   * Checks a tensor's shape.
   *
   * @throws IllegalArgumentException if it is another
   */
  public static void requireShape(NamedTensor tensor, long[] shape) {
    if (!Arrays.equals(tensor.shape(), shape)) {
      throw new IllegalArgumentException(
          "tensor '%s' has shape %s, expected %s"
              .formatted(tensor.name(), Arrays.toString(tensor.shape()), Arrays.toString(shape)));
    }
  }
}
