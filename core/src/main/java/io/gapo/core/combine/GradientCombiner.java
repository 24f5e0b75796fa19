package io.gapo.core.combine;

/**
 * Decides how much each objective's gradient counts in the next update.
 *
 * <p>A pure function: what a method learns from step to step goes in and comes out as its memory,
 * which becomes part of the policy version that the step makes. So a step that is repeated, or made
 * by another process after a restart, is weighed alike, and counts once.
 */
@FunctionalInterface
public interface GradientCombiner {

  /** Weighs the objectives of one step. */
  Combination combine(MeasuredObjectives objectives);
}
