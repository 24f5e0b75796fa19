package io.gapo.runtime.gradients;

import io.gapo.core.settings.Bounds;

/**
 * What a step may take of a device's memory, beside the models themselves.
 *
 * @param microBatchTokens tokens, padding included, that go through the model together
 * @param graphBytes of graphs that are kept for the way back; what does not fit is run again, in
 *     about this memory for one micro-batch, or layer by layer
 */
public record StepMemory(int microBatchTokens, long graphBytes) {

  /** As reference.conf has it. */
  public static final StepMemory DEFAULT = new StepMemory(8192, 4L << 30);

  public StepMemory {
    Bounds.atLeast("micro-batch-tokens", microBatchTokens, 1);
    Bounds.require(graphBytes >= 0, "graph-memory", "at least 0 bytes", graphBytes);
  }
}
