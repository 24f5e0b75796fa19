package io.gapo.core.ppo;

import java.util.Arrays;
import java.util.Set;

/**
 * Constrained GRPO's advantage (Girgis et al., arXiv 2602.05863): the reward and the indicator of
 * each constraint's violation are normalised within the prompt's group before they are added up, so
 * that a multiplier means what it says: {@code A = λ_R Z_R − Σ λₖ Z_Cₖ}.
 *
 * <p>A response violates a constraint if its score is below 0, which is a cost above 0. The weights
 * are the multipliers; that a violation counts against a response is in the indicator, which is 1
 * where the constraint is met.
 *
 * @param constrained the places of the constrained objectives among all
 */
public record ConstraintIndicators(Set<Integer> constrained) implements AdvantageCombination {

  public ConstraintIndicators {
    constrained = Set.copyOf(constrained);
  }

  @Override
  public double[] combine(GroupedScores scores, double[] weights) {
    double[][] components = scores.rewards().clone();
    for (int k : constrained) {
      components[k] = Arrays.stream(scores.scores()[k]).map(score -> score >= 0 ? 1 : 0).toArray();
    }
    return new DecoupledNormalisation(false)
        .combine(new GroupedScores(scores.scores(), components, scores.groups()), weights);
  }
}
