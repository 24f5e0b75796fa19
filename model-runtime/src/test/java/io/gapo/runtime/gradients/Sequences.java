package io.gapo.runtime.gradients;

/** Checks that batches of per-token arrays belong together. */
final class Sequences {

  private Sequences() {}

  /** B, the number of sequences in all of them, whose lengths are the same; at least 1. */
  static int requireSameShape(double[][] first, double[][]... others) {
    if (first.length == 0) {
      throw new IllegalArgumentException("a batch needs at least one sequence");
    }
    for (double[][] other : others) {
      if (other.length != first.length) {
        throw new IllegalArgumentException(
            "expected %d sequences, was %d".formatted(first.length, other.length));
      }
      for (int i = 0; i < first.length; i++) {
        if (other[i].length != first[i].length) {
          throw new IllegalArgumentException(
              "expected %d values, one a token, was %d"
                  .formatted(first[i].length, other[i].length));
        }
      }
    }
    return first.length;
  }
}
