package io.gapo.runtime.learning;

import io.gapo.core.combine.CountSketch;
import io.gapo.core.combine.LinearGradients;
import java.util.Optional;

/**
 * How several collectors' last-layer gradients go to the combiner, which adds them: exactly where
 * they fit, as sketches otherwise.
 *
 * @param exactBytes most bytes of all objectives' gradients together that are sent exactly
 * @param sketch of longer ones
 */
public record GradientSum(long exactBytes, CountSketch sketch) {

  public GradientSum {
    if (exactBytes < 0) {
      throw new IllegalArgumentException("exact bytes must be >= 0, was " + exactBytes);
    }
  }

  /** The sketch for gradients of this many numbers; empty where they are sent exactly. */
  Optional<CountSketch> sketchFor(int objectives, long dimension) {
    return LinearGradients.bytes(objectives, dimension) <= exactBytes
        ? Optional.empty()
        : Optional.of(sketch);
  }
}
