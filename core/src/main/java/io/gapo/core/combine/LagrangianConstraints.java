package io.gapo.core.combine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

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
 * <p>The memory is {@code ln λ} of each constraint, then for each of those batches, oldest first,
 * its number of rollouts and its mean cost for each constraint.
 *
 * @param constrained indices of the constrained objectives, different, from 0 in the run's order
 * @param rate at which the logarithm of a multiplier moves
 * @param largest that a multiplier may become
 * @param threshold that a mean cost may reach
 * @param window rollouts that a mean cost is taken over, at the least
 */
public record LagrangianConstraints(
    List<Integer> constrained, double rate, double largest, double threshold, int window)
    implements GradientCombiner {

  public LagrangianConstraints {
    constrained = List.copyOf(constrained);
    if (constrained.isEmpty() || constrained.stream().distinct().count() < constrained.size()) {
      throw new IllegalArgumentException(
          "expected different constrained objectives, was " + constrained);
    }
    if (!(rate > 0 && Double.isFinite(rate))) {
      throw new IllegalArgumentException("rate must be > 0, was " + rate);
    }
    if (!(largest >= 1 && Double.isFinite(largest))) {
      throw new IllegalArgumentException("largest multiplier must be >= 1, was " + largest);
    }
    if (!Double.isFinite(threshold)) {
      throw new IllegalArgumentException("threshold must be finite, was " + threshold);
    }
    if (window < 1) {
      throw new IllegalArgumentException("window must be >= 1, was " + window);
    }
  }

  /** As published: λ starts at 1, rate 0.1, at most 5, threshold 0, over 128 episodes. */
  public static LagrangianConstraints asPublished(List<Integer> constrained) {
    return new LagrangianConstraints(constrained, 0.1, 5, 0, 128);
  }

  @Override
  public Combination combine(MeasuredObjectives objectives) {
    int m = objectives.gram().objectives();
    constrained.forEach(index -> SingleObjective.requireObjective(index, m));
    List<double[]> batches = recentBatches(objectives);
    double[] logarithms = logarithms(objectives.memory());
    for (int c = 0; c < logarithms.length; c++) {
      double moved =
          logarithms[c] + rate * Math.exp(logarithms[c]) * (mean(batches, c) - threshold);
      logarithms[c] = Math.min(Math.log(largest), moved);
    }
    return Combination.ofWeights(weights(m, logarithms)).remembering(memory(logarithms, batches));
  }

  private double[] weights(int m, double[] logarithms) {
    double[] weights = new double[m];
    Arrays.fill(weights, m == constrained.size() ? 0 : 1.0 / (m - constrained.size()));
    for (int c = 0; c < logarithms.length; c++) {
      weights[constrained.get(c)] = Math.exp(logarithms[c]);
    }
    double sum = Arrays.stream(weights).sum();
    return Arrays.stream(weights).map(weight -> weight / sum).toArray();
  }

  private double[] logarithms(List<Double> memory) {
    return memory.isEmpty()
        ? new double[constrained.size()]
        : memory.stream().limit(constrained.size()).mapToDouble(Double::doubleValue).toArray();
  }

  /** Each is its number of rollouts, then its mean cost for each constraint. */
  private List<double[]> recentBatches(MeasuredObjectives objectives) {
    int length = 1 + constrained.size();
    List<Double> memory = objectives.memory();
    if (!memory.isEmpty() && (memory.size() - constrained.size()) % length != 0) {
      throw new IllegalArgumentException(
          "a memory of %s numbers is not that of %s constraints: the method was changed"
              .formatted(memory.size(), constrained.size()));
    }
    List<double[]> batches = new ArrayList<>();
    for (int at = constrained.size(); at < memory.size(); at += length) {
      batches.add(
          memory.subList(at, at + length).stream().mapToDouble(Double::doubleValue).toArray());
    }
    batches.add(
        IntStream.rangeClosed(0, constrained.size())
            .mapToDouble(
                i ->
                    i == 0
                        ? objectives.rollouts()
                        : -objectives.meanScores().get(constrained.get(i - 1)))
            .toArray());
    while (batches.stream().skip(1).mapToDouble(batch -> batch[0]).sum() >= window) {
      batches.remove(0);
    }
    return batches;
  }

  private static double mean(List<double[]> batches, int constraint) {
    double rollouts = batches.stream().mapToDouble(batch -> batch[0]).sum();
    return batches.stream().mapToDouble(batch -> batch[0] / rollouts * batch[1 + constraint]).sum();
  }

  private static List<Double> memory(double[] logarithms, List<double[]> batches) {
    List<Double> memory = new ArrayList<>();
    Arrays.stream(logarithms).forEach(memory::add);
    batches.forEach(batch -> Arrays.stream(batch).forEach(memory::add));
    return memory;
  }
}
