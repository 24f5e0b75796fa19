package io.gapo.runtime.scoring;

import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.settings.Bounds;
import java.util.List;

/**
 * A rule in place of a model: 1 for an empty response, 0 at the target length, falling on at the
 * same rate beyond it.
 *
 * @param targetTokens the length that scores 0, end-of-sequence token not counted
 */
public record ConcisenessRule(String objective, int targetTokens) implements ObjectiveModel {

  public ConcisenessRule {
    Bounds.atLeast("target-tokens", targetTokens, 1);
  }

  @Override
  public double[] score(List<Rollout> rollouts) {
    return rollouts.stream().mapToDouble(this::score).toArray();
  }

  private double score(Rollout rollout) {
    boolean ended = rollout.finishReason() == FinishReason.END_OF_SEQUENCE;
    int tokens = rollout.responseTokens().length - (ended ? 1 : 0);
    return 1 - (double) tokens / targetTokens;
  }

  /** Holds nothing. */
  @Override
  public void close() {}
}
