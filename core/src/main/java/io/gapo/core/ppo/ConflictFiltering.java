package io.gapo.core.ppo;

import java.util.ArrayList;
import java.util.List;

/**
 * GD²PO (Liu et al., arXiv 2606.16771): GDPO without the responses on which the objectives
 * disagree, whose advantages would cancel each other out.
 *
 * <p>With the weighted advantages {@code aₖ = wₖzₖ} of a response, each normalised within its
 * group, the response is left out if some are above 0 and some below, and {@code |Σaₖ|/Σ|aₖ|} is
 * below the agreement that is asked for. What remains, times the share of its group that remains,
 * is whitened over the responses that remain; those left out have advantages of 0.
 *
 * @param agreement in [0, 1]: 1 leaves out every response with mixed signs, as the paper's hard
 *     filter; below it is the paper's filter by signal-to-noise ratio; 0 is GDPO
 */
public record ConflictFiltering(double agreement) implements AdvantageCombination {

  /** Advantages nearer to 0 have no sign: with the mean's rounding in them, they have any. */
  private static final double NO_SIGN = 1e-8;

  public ConflictFiltering {
    if (!(agreement >= 0 && agreement <= 1)) {
      throw new IllegalArgumentException("agreement must be in [0, 1], was " + agreement);
    }
  }

  @Override
  public double[] combine(GroupedScores scores, double[] weights) {
    double[][] advantages = new double[scores.objectives()][];
    for (int k = 0; k < advantages.length; k++) {
      advantages[k] = scores.normalisedInGroups(scores.rewards()[k]);
      for (int i = 0; i < advantages[k].length; i++) {
        advantages[k][i] *= weights[k];
      }
    }
    double[] combined = new double[scores.responses()];
    List<Integer> kept = new ArrayList<>();
    for (List<Integer> group : scores.groups()) {
      List<Integer> agreed = group.stream().filter(i -> agrees(advantages, i)).toList();
      for (int i : agreed) {
        double sum = 0;
        for (double[] ofObjective : advantages) {
          sum += ofObjective[i];
        }
        combined[i] = sum * agreed.size() / group.size();
      }
      kept.addAll(agreed);
    }
    if (!kept.isEmpty()) {
      GroupedScores.normalise(combined, kept, combined);
    }
    return combined;
  }

  private boolean agrees(double[][] advantages, int response) {
    double sum = 0;
    double magnitude = 0;
    boolean up = false;
    boolean down = false;
    for (double[] ofObjective : advantages) {
      double advantage = ofObjective[response];
      sum += advantage;
      magnitude += Math.abs(advantage);
      up |= advantage > NO_SIGN;
      down |= advantage < -NO_SIGN;
    }
    return !(up && down) || Math.abs(sum) >= agreement * magnitude;
  }
}
