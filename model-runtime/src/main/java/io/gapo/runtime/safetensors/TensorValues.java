package io.gapo.runtime.safetensors;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A tensor's elements as Java floats, and back. */
public final class TensorValues {

  private TensorValues() {}

  /** An F32 tensor of these values, row-major. */
  public static NamedTensor tensor(String name, long[] shape, float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, 4)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return new NamedTensor(name, DataType.F32, shape, bytes.array());
  }

  /** All elements, row-major; exact for every data type. */
  public static float[] toFloats(NamedTensor tensor) {
    ByteBuffer bytes = ByteBuffer.wrap(tensor.data()).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[tensor.data().length / tensor.dataType().bytes()];
    switch (tensor.dataType()) {
      case F32 -> bytes.asFloatBuffer().get(values);
      case BF16 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = Float.intBitsToFloat(bytes.getShort() << 16);
        }
      }
      case F16 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = HalfPrecision.toFloat(bytes.getShort());
        }
      }
    }
    return values;
  }

  /** Whether no element is NaN or infinite. */
  public static boolean areFinite(NamedTensor tensor) {
    return areFinite(toFloats(tensor));
  }

  /** Whether no number is NaN or infinite. */
  public static boolean areFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  /** Converts a tensor to F32; returns it if it is F32 already. */
  public static NamedTensor widen(NamedTensor tensor) {
    return convert(tensor, DataType.F32);
  }

  /** Converts a tensor to another data type, rounding to nearest even where it is narrower. */
  public static NamedTensor convert(NamedTensor tensor, DataType type) {
    if (tensor.dataType() == type) {
      return tensor;
    }
    float[] values = toFloats(tensor);
    if (type == DataType.F32) {
      return tensor(tensor.name(), tensor.shape(), values);
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, type.bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putShort(
          type == DataType.BF16
              ? HalfPrecision.toBrainFloat(value)
              : HalfPrecision.fromFloat(value));
    }
    return new NamedTensor(tensor.name(), type, tensor.shape(), bytes.array());
  }
}
