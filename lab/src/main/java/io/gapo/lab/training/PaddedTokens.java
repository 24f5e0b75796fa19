package io.gapo.lab.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/** Sequences side by side in native memory, padded on the right to the longest. */
final class PaddedTokens {

  private PaddedTokens() {}

  static int longest(List<int[]> sequences) {
    return sequences.stream().mapToInt(sequence -> sequence.length).max().orElseThrow();
  }

  /** Shape (B, T). */
  static NDArray ids(NDManager owner, List<int[]> sequences) {
    int length = longest(sequences);
    long[] flat = new long[Math.multiplyExact(sequences.size(), length)];
    for (int row = 0; row < sequences.size(); row++) {
      int[] sequence = sequences.get(row);
      for (int i = 0; i < sequence.length; i++) {
        flat[row * length + i] = sequence[i];
      }
    }
    return owner.create(flat, new Shape(sequences.size(), length));
  }
}
