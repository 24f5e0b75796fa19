package io.gapo.objectives.rule;

import io.gapo.core.rollout.Rollout;

/** Scores one response by what is in it; the same response always has the same score. */
@FunctionalInterface
public interface Rule {

  /**
   * A finite number in the rule's range; higher is better.
   *
   * @throws UnscorableException if the rollout lacks what the rule needs
   */
  double score(Rollout rollout);
}
