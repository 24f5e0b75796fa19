package io.gapo.objectives.rule;

import io.gapo.core.rollout.Rollout;
import io.gapo.core.settings.Bounds;

/**
 * Prefers responses of a certain length: 1 within the band. Below it, the score falls linearly to 0
 * at length 0; above it, linearly to 0 at twice the upper end. Range: 0 to 1.
 *
 * @param min the shortest length that scores 1
 * @param max the longest length that scores 1
 */
public record LengthBand(LengthUnit unit, int min, int max) implements Rule {

  public LengthBand {
    Bounds.atLeast("min", min, 0);
    Bounds.require(max >= Math.max(1, min), "max", "at least 1 and at least min", max);
  }

  @Override
  public double score(Rollout rollout) {
    int length = unit.lengthOf(rollout);
    if (length < min) {
      return (double) length / min;
    }
    return length <= max ? 1 : Math.max(0, 1 - (double) (length - max) / max);
  }
}
