package io.gapo.core.step;

import io.gapo.core.combine.Combination;
import io.gapo.core.combine.GradientCombiner;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.ppo.KlWatch;
import java.util.List;

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
    if (klWatch.holdsBack(gradients.statistics().policy().kl())) {
      Combination none =
          Combination.none(gradients.gram().objectives()).remembering(gradients.memory());
      return new UpdateDirection(gradients.step(), none, 1, gradients.gram());
    }
    Combination combination = combiner.combine(gradients.weighedBy());
    return new UpdateDirection(
        gradients.step(),
        combination,
        0,
        gradients.gram(),
        gradients
            .measured()
            .fullGram()
            .map(full -> audit(combination, gradients, full))
            .orElse(null));
  }

  /**
   * Weighs the objectives of a step that several collectors make together, once for all of them: by
   * the gradients of the union of their batches, its mean scores and its mean KL.
   *
   * @param parts one a collector that has rollouts
   * @return one answer a collector, in their order; only the batches' sizes differ
   */
  public List<UpdateDirection> chooseForAll(List<ObjectiveGradients> parts) {
    if (parts.size() == 1) {
      return List.of(choose(parts.get(0)));
    }
    ObjectiveGradients union = ObjectiveGradients.union(parts);
    UpdateDirection choice = choose(union);
    return parts.stream()
        .map(part -> choice.forPart(part, parts.size(), union.statistics()))
        .toList();
  }

  private ScopeAudit audit(Combination chosen, ObjectiveGradients gradients, GramMatrix full) {
    return ScopeAudit.of(chosen, full, combiner.combine(gradients.weighedBy(full)));
  }
}
