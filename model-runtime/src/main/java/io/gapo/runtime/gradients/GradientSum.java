package io.gapo.runtime.gradients;

import io.gapo.core.combine.CountSketch;
import io.gapo.core.combine.LinearGradients;
import io.gapo.core.settings.Bounds;
import io.gapo.core.settings.InvalidSettingException;
import java.util.Optional;

/**
 * How several collectors' last-layer gradients go to the combiner, which adds them: exactly where
 * they fit, as sketches otherwise.
 *
 * @param exactBytes most bytes of all objectives' gradients together that are sent exactly
 * @param sketch of longer ones
 */
public record GradientSum(long exactBytes, CountSketch sketch) {

  /** With the batch's references, fits into the largest record that brokers take by default. */
  private static final long RECORD_BYTES = 900_000;

  public GradientSum {
    Bounds.require(
        exactBytes >= 0 && exactBytes <= RECORD_BYTES,
        "exact-bytes",
        "in [0, %s], which one record holds".formatted(RECORD_BYTES),
        exactBytes);
  }

  /** Refuses sketches that no record holds. */
  void requireRoom(int objectives) {
    long bytes = LinearGradients.bytes(objectives, sketch.width());
    if (bytes > RECORD_BYTES) {
      throw new InvalidSettingException(
          "gradient-sum.sketch-width",
          "%s makes %s bytes for %s objectives, one record holds %s: halve it"
              .formatted(sketch.width(), bytes, objectives, RECORD_BYTES));
    }
  }

  /** The sketch for gradients of this many numbers; empty where they are sent exactly. */
  Optional<CountSketch> sketchFor(int objectives, long dimension) {
    return LinearGradients.bytes(objectives, dimension) <= exactBytes
        ? Optional.empty()
        : Optional.of(sketch);
  }
}
