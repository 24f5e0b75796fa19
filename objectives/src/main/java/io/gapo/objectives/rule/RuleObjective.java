package io.gapo.objectives.rule;

import io.gapo.core.port.Failures;
import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.port.UnscorableRolloutsException;
import io.gapo.core.rollout.Rollout;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An objective that a rule scores. */
public record RuleObjective(String objective, Rule rule) implements ObjectiveModel {

  /**
   * {@inheritDoc}
   *
   * @throws UnscorableRolloutsException naming all rollouts that lack what the rule needs
   */
  @Override
  public double[] score(List<Rollout> rollouts) {
    double[] scores = new double[rollouts.size()];
    Map<String, String> unscorable = new TreeMap<>();
    for (int i = 0; i < scores.length; i++) {
      try {
        scores[i] = rule.score(rollouts.get(i));
      } catch (UnscorableException e) {
        unscorable.put(rollouts.get(i).id(), Failures.reason(e));
      }
    }
    if (!unscorable.isEmpty()) {
      throw new UnscorableRolloutsException(objective, unscorable);
    }
    return scores;
  }

  /** Holds nothing. */
  @Override
  public void close() {}
}
