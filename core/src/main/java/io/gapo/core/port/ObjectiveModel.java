package io.gapo.core.port;

import io.gapo.core.rollout.Rollout;
import java.util.List;

/** Scores rollouts for one objective: a learned reward or cost model, or a rule. */
public interface ObjectiveModel extends AutoCloseable {

  /** The objective's name. */
  String objective();

  /**
   * One value a rollout, in order; higher is better.
   *
   * @throws RuntimeException if the model fails on one of them; nothing is known of the others then
   */
  double[] score(List<Rollout> rollouts);

  /** Frees the native memory. */
  @Override
  void close();
}
