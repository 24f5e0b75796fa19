package io.gapo.runtime.gradients;

import io.gapo.core.settings.Bounds;

/**
 * How far a single token counts.
 *
 * @param clipRange of its importance ratio, on either side of 1
 * @param valueClip of its value, from what it was
 * @param rewardClamp largest absolute reward
 */
public record ClipSettings(double clipRange, double valueClip, double rewardClamp) {

  public ClipSettings {
    Bounds.properFraction("clip-range", clipRange);
    Bounds.positive("value-clip", valueClip);
    Bounds.positive("reward-clamp", rewardClamp);
  }
}
