package io.gapo.core.combine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Safe RLHF: PPO-Lagrangian (Dai et al., ICLR 2024, eq. 11 and appendix B.3). The constrained
 * objectives' mean cost, which is their negated score, is to stay at or below the threshold; while
 * it is above, their multiplier grows.
 *
 * <p>{@code w = u/Σu} with {@code u = 1} shared out evenly among the free objectives and {@code u =
 * λᵢ} for a constrained one, so for two objectives {@code (1, λ)/(1 + λ)}. Before it weighs, a step
 * moves every multiplier: {@code ln λ += rate · λ · (mean cost − threshold)}, with the mean over
 * the newest batches that together have at least {@code window} rollouts, or over all there are.
 *
 * <p>The memory is, for each constraint, {@code ln λ}, then for each of those batches, oldest
 * first, its number of rollouts and its mean cost. A constraint that was not one before starts at
 * {@code λ = 1}; what is no constraint any more is forgotten.
 *
 * <p>Published with rate 0.1, multipliers of at most 5, threshold 0 and a window of 128.
 *
 * @param constrained names of the constrained objectives, different
 * @param rate at which the logarithm of a multiplier moves
 * @param largest that a multiplier may become
 * @param threshold that a mean cost may reach
 * @param window rollouts that a mean cost is taken over, at the least
 */
public record LagrangianConstraints(
    List<String> constrained, double rate, double largest, double threshold, int window)
    implements GradientCombiner {

  /** The name under which the method keeps its memory. */
  public static final String METHOD = "safe-rlhf";

  public LagrangianConstraints {
    constrained = List.copyOf(constrained);
    ConstraintMultipliers.require(constrained, rate, largest);
    if (!Double.isFinite(threshold)) {
      throw new IllegalArgumentException("threshold must be finite, was " + threshold);
    }
    if (window < 1) {
      throw new IllegalArgumentException("window must be >= 1, was " + window);
    }
  }

  /** A batch's rollouts and their mean cost. */
  private record Cost(double rollouts, double mean) {}

  @Override
  public Combination combine(MeasuredObjectives objectives) {
    constrained.forEach(objectives::requireKnown);
    SortedMap<String, List<Double>> memory = objectives.memory().of(METHOD);
    SortedMap<String, Double> multipliers = new TreeMap<>();
    Map<String, List<Double>> remembered = new TreeMap<>();
    objectives
        .meanScores()
        .forEach(
            (name, score) -> {
              if (constrained.contains(name)) {
                List<Double> numbers = memory.getOrDefault(name, List.of());
                List<Cost> costs = recentCosts(numbers, new Cost(objectives.rollouts(), -score));
                double logarithm = moved(numbers.isEmpty() ? 0 : numbers.get(0), costs);
                multipliers.put(name, Math.exp(logarithm));
                remembered.put(name, numbers(logarithm, costs));
              }
            });
    double[] weights = weights(objectives, multipliers);
    return new Combination(weights, weights, 0, MethodMemory.of(METHOD, remembered));
  }

  private double[] weights(MeasuredObjectives objectives, SortedMap<String, Double> multipliers) {
    int free = objectives.meanScores().size() - constrained.size();
    double sum =
        multipliers.values().stream().mapToDouble(Double::doubleValue).sum() + (free > 0 ? 1 : 0);
    return objectives.objectives().stream()
        .mapToDouble(name -> multipliers.getOrDefault(name, 1.0 / free) / sum)
        .toArray();
  }

  private double moved(double logarithm, List<Cost> costs) {
    double moved = logarithm + rate * Math.exp(logarithm) * (mean(costs) - threshold);
    return Math.min(Math.log(largest), moved);
  }

  private List<Cost> recentCosts(List<Double> numbers, Cost newest) {
    if (numbers.size() % 2 == 0 && !numbers.isEmpty()) {
      throw new IllegalArgumentException(
          "%s numbers are not the memory of a constraint".formatted(numbers.size()));
    }
    List<Cost> costs = new ArrayList<>();
    for (int at = 1; at < numbers.size(); at += 2) {
      costs.add(new Cost(numbers.get(at), numbers.get(at + 1)));
    }
    costs.add(newest);
    while (costs.stream().skip(1).mapToDouble(Cost::rollouts).sum() >= window) {
      costs.remove(0);
    }
    return costs;
  }

  private static double mean(List<Cost> costs) {
    double rollouts = costs.stream().mapToDouble(Cost::rollouts).sum();
    return costs.stream().mapToDouble(cost -> cost.rollouts() / rollouts * cost.mean()).sum();
  }

  private static List<Double> numbers(double logarithm, List<Cost> costs) {
    List<Double> numbers = new ArrayList<>();
    numbers.add(logarithm);
    costs.forEach(
        cost -> {
          numbers.add(cost.rollouts());
          numbers.add(cost.mean());
        });
    return numbers;
  }

  @Override
  public void requireUsable(MethodMemory memory) {
    memory.of(METHOD);
  }
}
