package io.gapo.core.step;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.rollout.RolloutReference;
import java.util.List;

/**
 * Sent from a gradient collector to the optimizer: the step's gradient and what it was made from.
 *
 * @param gradient descent gradients of all trainable tensors
 */
public record GradientPart(
    UpdateDirection direction,
    StepStatistics statistics,
    List<RolloutReference> rollouts,
    List<NamedTensor> gradient) {

  public GradientPart {
    rollouts = List.copyOf(rollouts);
    gradient = List.copyOf(gradient);
  }

  public StepId step() {
    return direction.step();
  }
}
