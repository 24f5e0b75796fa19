package io.gapo.core.combine;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The multipliers of constrained GRPO (Girgis et al., arXiv 2602.05863): a constraint is on how
 * many responses violate it, and its multiplier grows while more do than are allowed. What the
 * multipliers weigh is in {@link io.gapo.core.ppo.ConstraintIndicators}.
 *
 * <p>Dual ascent on {@code J_R − Σ λₖ(Jₖ − dₖ)} with {@code λₖ ≥ 0}, where Jₖ is the share of a
 * batch's responses that are scored below 0: before it weighs, a step moves every multiplier,
 * {@code λₖ += rate · (Jₖ − dₖ)}. The weights are the multipliers, not scaled to sum to 1; the free
 * objectives share 1 evenly.
 *
 * <p>The memory is λ of each constraint. One that was not a constraint before starts at 1, as in
 * {@link LagrangianConstraints}; what is no constraint any more is forgotten.
 *
 * @param constrained names of the constrained objectives, different
 * @param rate at which a multiplier moves, for a share of 1 too many
 * @param largest that a multiplier may become
 * @param allowed d, the share of responses that may violate a constraint
 */
public record ViolationConstraints(
    List<String> constrained, double rate, double largest, double allowed)
    implements GradientCombiner {

  /** The name under which the method keeps its memory. */
  public static final String METHOD = "constrained-grpo";

  public ViolationConstraints {
    constrained = List.copyOf(constrained);
    ConstraintMultipliers.require(constrained, rate, largest);
    if (!(allowed >= 0 && allowed < 1)) {
      throw new IllegalArgumentException("allowed share must be in [0, 1), was " + allowed);
    }
  }

  @Override
  public Combination combine(MeasuredObjectives objectives) {
    constrained.forEach(objectives::requireKnown);
    SortedMap<String, List<Double>> memory = objectives.memory().of(METHOD);
    SortedMap<String, Double> multipliers = new TreeMap<>();
    Map<String, List<Double>> remembered = new TreeMap<>();
    for (String name : constrained) {
      double moved =
          multiplier(memory.getOrDefault(name, List.of(ConstraintMultipliers.FIRST)))
              + rate * (objectives.violations(name) - allowed);
      double multiplier = Math.max(0, Math.min(largest, moved));
      multipliers.put(name, multiplier);
      remembered.put(name, List.of(multiplier));
    }
    int free = objectives.meanScores().size() - constrained.size();
    double[] weights =
        objectives.objectives().stream()
            .mapToDouble(name -> multipliers.getOrDefault(name, 1.0 / free))
            .toArray();
    return Combination.ofWeights(weights).remembering(MethodMemory.of(METHOD, remembered));
  }

  private static double multiplier(List<Double> numbers) {
    if (numbers.size() != 1) {
      throw new IllegalArgumentException(
          "%s numbers are not the memory of a constraint".formatted(numbers.size()));
    }
    return numbers.get(0);
  }

  @Override
  public void requireUsable(MethodMemory memory) {
    memory.of(METHOD);
  }
}
