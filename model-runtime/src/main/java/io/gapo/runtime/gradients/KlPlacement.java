package io.gapo.runtime.gradients;

/** Where the penalty for straying from the reference policy acts. */
public enum KlPlacement {
  /** In every objective's token rewards, so that it takes part in weighing them. */
  INSIDE,
  /**
   * In the update's loss, beside the weighed objectives: as strong as inside, but the objectives
   * are weighed without it.
   */
  OUTSIDE
}
