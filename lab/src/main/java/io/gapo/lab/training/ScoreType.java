package io.gapo.lab.training;

import java.util.Locale;

/** What a score model's score means. */
public enum ScoreType {
  /** Higher is better. */
  REWARD,
  /** Higher is worse, and below 0 does no harm. */
  COST;

  /** As configurations spell it. */
  public String spelling() {
    return name().toLowerCase(Locale.ROOT);
  }
}
