package io.gapo.core.combine;

/**
 * Decides how much each objective's gradient counts in the next update.
 *
 * <p>A pure function: what a method learns from step to step goes in and comes out as its memory,
 * which becomes part of the policy version that the step makes. So a step that is repeated, or made
 * by another process after a restart, is weighed alike, and counts once. A method knows objectives
 * by their names: neither weights nor memory depend on the order in which they come.
 */
@FunctionalInterface
public interface GradientCombiner {

  /** Weighs the objectives of one step. */
  Combination combine(MeasuredObjectives objectives);

  /**
   * Looks whether this method can continue from what a version remembers.
   *
   * @throws IllegalArgumentException if another method learned it
   */
  default void requireUsable(MethodMemory memory) {}
}
