package io.gapo.core.policy;

/**
 * Where a tensor's elements are: on the heap, or in a model runtime's memory, which one part of a
 * process lends to another.
 */
public interface TensorStorage {

  /** How many bytes the elements take. */
  long size();

  /**
   * The elements: little-endian, row-major.
   *
   * @return the storage's own, not to be changed, if it is on the heap; else a copy
   * @throws TensorsReleasedException if they were lent and are gone
   */
  byte[] bytes();

  /** Elements on the heap. */
  record Heap(byte[] bytes) implements TensorStorage {

    @Override
    public long size() {
      return bytes.length;
    }
  }
}
