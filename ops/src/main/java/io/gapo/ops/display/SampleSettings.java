package io.gapo.ops.display;

import io.gapo.core.settings.Bounds;

/**
 * Which responses of a run are shown while it lasts.
 *
 * @param every so many policy versions; 0 is never
 * @param count responses each time, at most
 * @param maxCharacters of a prompt and of a response that are shown
 */
public record SampleSettings(int every, int count, int maxCharacters) {

  public SampleSettings {
    Bounds.atLeast("every", every, 0);
    Bounds.atLeast("count", count, 1);
    Bounds.atLeast("max-characters", maxCharacters, 1);
  }
}
