package ai.djl.pytorch.jni;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A tensor's own memory, to be read and written without a copy in between.
 *
 * <p>Lives in DJL's package because only DJL's own library knows whether a tensor is contiguous.
 */
public final class TensorMemory {

  private TensorMemory() {}

  /**
   * The elements of a single precision tensor in row-major order; empty if it is of another type,
   * not on the CPU or not contiguous.
   *
   * @return not to be used once the tensor is closed
   */
  public static Optional<ByteBuffer> of(PtNDArray tensor) {
    if (tensor.getDevice().isGpu()
        || tensor.getDataType() != DataType.FLOAT32
        || tensor.size() == 0
        || !PyTorchLibrary.LIB.torchIsContiguous(tensor.getHandle())) {
      return Optional.empty();
    }
    return Optional.of(JniUtils.getByteBuffer(tensor, true).order(ByteOrder.nativeOrder()));
  }
}
