package io.gapo.lab.training;

/** Is told how a training goes, on its thread. */
@FunctionalInterface
public interface TrainingProgress {

  /** Takes no notice, and refuses examples that cannot be learned from. */
  TrainingProgress NONE = (step, steps, loss) -> {};

  /**
   * A step was made.
   *
   * @param step from 1
   * @param steps in all
   * @param loss of the step's batch, before the step
   */
  void stepped(long step, long steps, double loss);

  /**
   * All examples were read.
   *
   * @param training examples to be trained on
   * @param heldOut examples to be measured on
   */
  default void read(long training, long heldOut) {}

  /** The training continues after this step, which an earlier process made. */
  default void resumed(long step) {}

  /** The model was measured on what is held out, with further steps to come. */
  default void measured(long step, HeldOutReport report) {}

  /**
   * An example is left out.
   *
   * @param row where it stands
   * @throws IllegalArgumentException if none may be left out, as by default
   */
  default void skipped(long row, ExampleProblem problem, String detail) {
    throw new IllegalArgumentException("example %s: %s".formatted(row, detail));
  }
}
