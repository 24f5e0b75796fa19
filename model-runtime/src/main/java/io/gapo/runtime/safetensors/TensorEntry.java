package io.gapo.runtime.safetensors;

import java.util.Arrays;

/**
 * What a safetensors header says of one tensor.
 *
 * @param dataType as the header spells it, for example {@code BF16}; may be one that {@link
 *     SafetensorsFile} lists but does not read
 * @param shape all dimensions, empty for a scalar; callers must not write to it
 * @param begin first byte, counted from the end of the header
 * @param end byte after the last
 */
public record TensorEntry(String name, String dataType, long[] shape, long begin, long end) {

  /** Bytes of data. */
  public long size() {
    return end - begin;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorEntry that
        && name.equals(that.name)
        && dataType.equals(that.dataType)
        && Arrays.equals(shape, that.shape)
        && begin == that.begin
        && end == that.end;
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return "%s %s %s at %s..%s".formatted(name, dataType, Arrays.toString(shape), begin, end);
  }
}
