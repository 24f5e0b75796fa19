package io.gapo.core.step;

import io.gapo.core.combine.Combination;
import io.gapo.core.combine.GradientCombiner;
import io.gapo.core.ppo.KlWatch;

/**
 * The whole decision of the combiner: from a step's gradients to the weights of its one backward
 * pass.
 *
 * <p>Past the KL watch's bound every objective's weight is 0 and the KL's is 1: the step only pulls
 * the policy back; the combiner learns nothing from it. At a Pareto-stationary point the
 * combination's direction is 0, and the step changes no more than the value heads.
 */
public record DirectionChoice(GradientCombiner combiner, KlWatch klWatch) {

  /** Weighs the objectives of one step. */
  public UpdateDirection choose(ObjectiveGradients gradients) {
    boolean heldBack = klWatch.holdsBack(gradients.statistics().kl());
    Combination combination =
        heldBack
            ? Combination.none(gradients.gram().objectives()).remembering(gradients.memory())
            : combiner.combine(gradients.measured());
    return new UpdateDirection(gradients.step(), combination, heldBack ? 1 : 0, gradients.gram());
  }
}
