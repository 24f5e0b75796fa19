package io.gapo.runtime.sampling;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gapo.runtime.torch.Tensors;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * What goes into a decode step and what comes out of it: on the CPU in memory that Java shares with
 * the script, since creating tensors each time would take a good part of a small model's step.
 *
 * <p>One tensor holds the three inputs of each of A rows, then room for the two results of each.
 */
final class StepNumbers {

  private static final int INPUTS = 3;
  private static final int ALL = 5;

  private final NDArray shared;
  private final Optional<FloatBuffer> memory;

  /**
   * Allocates the memory.
   *
   * @param rows the most that a step will have
   */
  StepNumbers(NDManager owner, int rows) {
    this(owner.zeros(new Shape(Math.multiplyExact(ALL, rows))));
  }

  private StepNumbers(NDArray shared) {
    this(shared, Tensors.sharedMemory(shared));
  }

  /** With what a device lets Java see of it. */
  StepNumbers(NDArray shared, Optional<FloatBuffer> memory) {
    this.shared = shared;
    this.memory = memory;
  }

  /** The tensor for a step with these inputs, float32, at least (5A). */
  NDArray holding(NDManager step, float[] inputs) {
    if (memory.isEmpty()) {
      return step.create(Arrays.copyOf(inputs, inputs.length / INPUTS * ALL));
    }
    memory.get().put(0, inputs);
    return shared;
  }

  /** The results, (2A), once the step has written them. */
  float[] results(NDArray numbers, int active) {
    int from = INPUTS * active;
    int to = ALL * active;
    if (memory.isEmpty()) {
      return Arrays.copyOfRange(numbers.toFloatArray(), from, to);
    }
    float[] results = new float[to - from];
    memory.get().get(from, results);
    return results;
  }
}
