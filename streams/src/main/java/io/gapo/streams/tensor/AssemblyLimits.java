package io.gapo.streams.tensor;

/**
 * How much a reader of chunked tensors keeps of transfers that are not complete yet.
 *
 * @param maxBytes of all of them together; a larger transfer can never arrive
 * @param maxOvertaken how many others may become complete while one stands still, before it is
 *     given up
 */
public record AssemblyLimits(long maxBytes, int maxOvertaken) {

  /** 1 GiB: the adapters of a large policy, or all of a small one. */
  public static final AssemblyLimits DEFAULT = new AssemblyLimits(1L << 30, 8);

  public AssemblyLimits {
    if (maxBytes < 1) {
      throw new IllegalArgumentException("max bytes must be >= 1, was " + maxBytes);
    }
    if (maxOvertaken < 1) {
      throw new IllegalArgumentException("max overtaken must be >= 1, was " + maxOvertaken);
    }
  }
}
