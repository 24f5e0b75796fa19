package io.gapo.lab.compare;

import io.gapo.lab.display.StepFigures;

/** Hears how far a comparison is. */
public interface ComparisonProgress {

  /**
   * A run begins, or its result is there already.
   *
   * @param run from 1
   * @param runs of the whole comparison
   */
  void runBegins(int run, int runs, String label, long seed, boolean known);

  /** A run made a step. */
  void stepped(StepFigures step, int steps);
}
