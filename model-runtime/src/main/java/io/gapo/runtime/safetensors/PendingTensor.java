package io.gapo.runtime.safetensors;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import java.util.function.Supplier;

/**
 * A tensor that is made when it is written, so that a file may be larger than the heap.
 *
 * @param values makes it, of this name, element type and shape; asked once
 */
public record PendingTensor(
    String name, DataType dataType, long[] shape, Supplier<NamedTensor> values) {

  public PendingTensor {
    shape = shape.clone();
  }

  /** One that there is already. */
  public static PendingTensor of(NamedTensor tensor) {
    return new PendingTensor(tensor.name(), tensor.dataType(), tensor.shape(), () -> tensor);
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** What it takes in a file, in bytes. */
  long size() {
    long elements = 1;
    for (long dimension : shape) {
      elements = Math.multiplyExact(elements, dimension);
    }
    return Math.multiplyExact(elements, dataType.bytes());
  }

  /**
   * Makes it.
   *
   * @throws IllegalStateException if it is not what was announced
   */
  byte[] bytes() {
    NamedTensor made = values.get();
    if (!made.name().equals(name) || made.dataType() != dataType || made.data().length != size()) {
      throw new IllegalStateException(
          "tensor '%s' was announced as %s bytes of %s, and came as '%s', %s bytes of %s"
              .formatted(name, size(), dataType, made.name(), made.data().length, made.dataType()));
    }
    return made.data();
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
