package io.gapo.core.combine;

import java.util.ArrayList;
import java.util.List;

/**
 * Fast RL: multiplicative weights that lean to the objective with the lowest reward (Li et al.,
 * EMNLP 2024, "Fair and Stable Reward Composition").
 *
 * <p>{@code wᵢ ← wᵢ · exp(−η rᵢ)/Z} from {@code 1/M}, with the batch's mean score {@code rᵢ}; moved
 * before the step is weighed. The memory is {@code ln wᵢ}, held at or above {@link #LEAST} below
 * the largest: a weight that has all but vanished would otherwise take as long to come back.
 *
 * @param rate η, above 0
 */
public record WorstRewardFirst(double rate) implements GradientCombiner {

  /** Natural logarithm of the smallest ratio of two weights: about a thousandth. */
  static final double LEAST = -7;

  public WorstRewardFirst {
    if (!(rate > 0 && Double.isFinite(rate))) {
      throw new IllegalArgumentException("rate must be > 0, was " + rate);
    }
  }

  @Override
  public Combination combine(MeasuredObjectives objectives) {
    int m = objectives.gram().objectives();
    List<Double> memory = objectives.memory();
    if (!memory.isEmpty() && memory.size() != m) {
      throw new IllegalArgumentException(
          "a memory of %s numbers is not that of %s objectives: the method was changed"
              .formatted(memory.size(), m));
    }
    double[] logarithms = new double[m];
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < m; i++) {
      double before = memory.isEmpty() ? 0 : memory.get(i);
      logarithms[i] = before - rate * objectives.meanScores().get(i);
      largest = Math.max(largest, logarithms[i]);
    }
    double[] weights = new double[m];
    double sum = 0;
    for (int i = 0; i < m; i++) {
      logarithms[i] = Math.max(LEAST, logarithms[i] - largest);
      weights[i] = Math.exp(logarithms[i]);
      sum += weights[i];
    }
    List<Double> remembered = new ArrayList<>(m);
    for (int i = 0; i < m; i++) {
      weights[i] /= sum;
      remembered.add(logarithms[i]);
    }
    return Combination.ofWeights(weights).remembering(remembered);
  }
}
