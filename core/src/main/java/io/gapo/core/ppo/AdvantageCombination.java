package io.gapo.core.ppo;

/**
 * Makes one advantage of all objectives' scores, for methods that combine before the policy is
 * differentiated: the update is the clipped surrogate of this advantage, where other methods weigh
 * the objectives' surrogates.
 *
 * <p>The weights come from the combiner as they do for the others, so what a method learns from
 * step to step is the combiner's memory. All weights 0 give advantages of 0.
 */
@FunctionalInterface
public interface AdvantageCombination {

  /**
   * One advantage a response, which all its tokens have, shape (B).
   *
   * @param weights of the objectives, shape (M)
   */
  double[] combine(GroupedScores scores, double[] weights);
}
