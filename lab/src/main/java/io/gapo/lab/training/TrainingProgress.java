package io.gapo.lab.training;

/** Hears how a training goes, on its thread. */
@FunctionalInterface
public interface TrainingProgress {

  /** Hears nothing. */
  TrainingProgress NONE = (step, steps, loss) -> {};

  /**
   * A step was made.
   *
   * @param step from 1
   * @param steps in all
   * @param loss of the step's batch, before the step
   */
  void stepped(long step, long steps, double loss);
}
