package io.gapo.core.policy;

import java.util.Arrays;

/**
 * A tensor: the only form in which tensors leave the model runtime.
 *
 * @param name as in the checkpoint, for example {@code model.layers.0.mlp.up_proj.weight}
 * @param shape all dimensions, empty for a scalar
 * @param storage has the elements
 */
public record NamedTensor(String name, DataType dataType, long[] shape, TensorStorage storage) {

  /** Element types on the wire and in checkpoints. */
  public enum DataType {
    F32(4, 24),
    BF16(2, 8),
    F16(2, 11);

    private final int bytes;
    private final int significandBits;

    DataType(int bytes, int significandBits) {
      this.bytes = bytes;
      this.significandBits = significandBits;
    }

    /** Bytes an element. */
    public int bytes() {
      return bytes;
    }

    /** Bits of the significand, the hidden one included. */
    public int significandBits() {
      return significandBits;
    }
  }

  public NamedTensor {
    shape = shape.clone();
    long expected = Math.multiplyExact(elements(shape), (long) dataType.bytes());
    if (storage.size() != expected) {
      throw new IllegalArgumentException(
          "tensor %s of shape %s in %s needs %s bytes, was %s"
              .formatted(name, Arrays.toString(shape), dataType, expected, storage.size()));
    }
  }

  /**
   * A tensor on the heap.
   *
   * @param data little-endian, row-major; not copied, so whoever made it hands it over
   */
  public NamedTensor(String name, DataType dataType, long[] shape, byte[] data) {
    this(name, dataType, shape, new TensorStorage.Heap(data));
  }

  /**
   * The elements: little-endian, row-major; not to be changed.
   *
   * @throws TensorsReleasedException if they were lent and are gone
   */
  public byte[] data() {
    return storage.bytes();
  }

  /**
   * This tensor, or a copy that stays if it is lent.
   *
   * @throws TensorsReleasedException if it is gone already
   */
  public NamedTensor onHeap() {
    return storage instanceof TensorStorage.Heap
        ? this
        : new NamedTensor(name, dataType, shape, data());
  }

  private static long elements(long[] shape) {
    long elements = 1;
    for (long dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException("negative dimension in " + Arrays.toString(shape));
      }
      elements = Math.multiplyExact(elements, dimension);
    }
    return elements;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NamedTensor that
        && name.equals(that.name)
        && dataType == that.dataType
        && Arrays.equals(shape, that.shape)
        && Arrays.equals(data(), that.data());
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return "NamedTensor[%s, %s, %s]".formatted(name, dataType, Arrays.toString(shape));
  }
}
