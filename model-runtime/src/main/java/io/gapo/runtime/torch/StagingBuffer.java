package io.gapo.runtime.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.TensorMemory;
import java.nio.ByteBuffer;

/**
 * The way of single precision values to and from a GPU: through page-locked memory of the host,
 * which the GPU reads and writes by itself, many times as fast as memory that may be paged out.
 *
 * <p>For one thread, as all that a GPU does for a runtime ({@link ThreadStream}).
 */
final class StagingBuffer {

  private static final int FLOAT_BYTES = Float.BYTES;

  private final TorchScript script;
  private final NDArray stage;
  private final ByteBuffer memory;

  private StagingBuffer(TorchScript script, NDArray stage) {
    this.script = script;
    this.stage = stage;
    this.memory = TensorMemory.of((PtNDArray) stage).orElseThrow();
  }

  /**
   * Allocates a buffer on the host.
   *
   * @param owner of the device that values travel to and from; page-locked only for a GPU
   * @param floats that travel at a time
   */
  static StagingBuffer allocate(TorchScript script, NDManager owner, int floats) {
    NDArray stage =
        script
            .run(
                owner,
                "staging",
                ScriptValue.of(floats),
                ScriptValue.of(owner.getDevice().isGpu() ? 1 : 0))
            .get(0);
    return new StagingBuffer(script, stage);
  }

  /**
   * Writes single precision values, as little-endian bytes, into a contiguous tensor of any element
   * type.
   */
  void write(byte[] values, NDArray target) {
    for (long at = 0; at < values.length; at += memory.capacity()) {
      int length = (int) Math.min(memory.capacity(), values.length - at);
      memory.put(0, values, (int) at, length);
      transfer("from_stage", target, at, length);
    }
  }

  /** Reads the values of a single precision tensor as little-endian bytes. */
  void read(NDArray source, byte[] values) {
    for (long at = 0; at < values.length; at += memory.capacity()) {
      int length = (int) Math.min(memory.capacity(), values.length - at);
      transfer("to_stage", source, at, length);
      memory.get(0, values, (int) at, length);
    }
  }

  private void transfer(String method, NDArray tensor, long at, int bytes) {
    try (NDManager step = tensor.getManager().newSubManager()) {
      script.infer(
          step,
          method,
          ScriptValue.of(tensor),
          ScriptValue.of(stage),
          ScriptValue.of(at / FLOAT_BYTES),
          ScriptValue.of(bytes / FLOAT_BYTES));
    }
  }
}
