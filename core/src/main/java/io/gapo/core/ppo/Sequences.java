package io.gapo.core.ppo;

/** Checks that per-token arrays belong together. */
final class Sequences {

  private Sequences() {}

  /** T, the length of all of them; at least 1. */
  static int requireSameLength(double[] first, double[]... others) {
    if (first.length == 0) {
      throw new IllegalArgumentException("a sequence needs at least one token");
    }
    for (double[] other : others) {
      if (other.length != first.length) {
        throw new IllegalArgumentException(
            "expected %s values, one a token, was %s".formatted(first.length, other.length));
      }
    }
    return first.length;
  }
}
