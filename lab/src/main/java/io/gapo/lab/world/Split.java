package io.gapo.lab.world;

import java.util.Locale;

/** Parts of the world that share no topic. */
public enum Split {
  TRAIN,
  VALIDATION,
  HELD_OUT;

  /** As users write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
