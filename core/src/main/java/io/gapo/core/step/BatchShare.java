package io.gapo.core.step;

import io.gapo.core.ppo.LossAggregation;

/**
 * How much of a step a batch is: 1 where one collector makes it alone.
 *
 * @param rollouts share that means over rollouts count by, in (0, 1]
 * @param tokens share that means over response tokens count by, in (0, 1]
 */
public record BatchShare(double rollouts, double tokens) {

  /** A batch that is the whole step. */
  public static final BatchShare WHOLE = new BatchShare(1, 1);

  public BatchShare {
    require("rollouts", rollouts);
    require("tokens", tokens);
  }

  /** The share that the batch's losses count by. */
  public double ofLosses(LossAggregation aggregation) {
    return aggregation.isOverTokens() ? tokens : rollouts;
  }

  private static void require(String of, double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "share of %s must be in (0, 1], was %s".formatted(of, share));
    }
  }
}
