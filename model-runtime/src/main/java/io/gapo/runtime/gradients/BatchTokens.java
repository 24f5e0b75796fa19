package io.gapo.runtime.gradients;

import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.runtime.gradients.MeasuredPack.TokenColumns;
import java.util.List;

/**
 * A batch's numbers by rollout, and the way of each between the batch and its micro-batches.
 *
 * <p>A micro-batch has the response tokens of its rows one after another.
 */
final class BatchTokens {

  private final List<ScoredRollout> batch;

  BatchTokens(List<ScoredRollout> batch) {
    this.batch = batch;
  }

  /** An array of (rollout, token), to be filled by {@link #scatter}. */
  static double[][] newRows(List<Rollout> rollouts) {
    return rollouts.stream()
        .map(rollout -> new double[rollout.responseTokens().length])
        .toArray(double[][]::new);
  }

  /**
   * Copies a micro-batch's column to the rollouts that it is of.
   *
   * @param from where the column begins in {@code column}
   */
  static void scatter(PackedRollouts pack, float[] column, int from, double[][] rows) {
    int at = from;
    for (int member : pack.members()) {
      for (int t = 0; t < rows[member].length; t++) {
        rows[member][t] = column[at++];
      }
    }
  }

  /** One number for each token of a micro-batch, of all the batch's. */
  static float[] gather(PackedRollouts pack, double[][] rows) {
    return gather(pack, new double[][][] {rows});
  }

  /** What a micro-batch's losses are computed from. */
  TokenColumns columns(PackedRollouts pack, TokenAdvantages advantages) {
    int tokens = pack.targets().length;
    float[] behavior = new float[tokens];
    float[] shares = new float[tokens];
    int at = 0;
    for (int member : pack.members()) {
      float[] logProbs = batch.get(member).rollout().behaviorLogProbs();
      for (float logProb : logProbs) {
        behavior[at] = logProb;
        shares[at++] = (float) (1.0 / batch.size() / logProbs.length);
      }
    }
    return new TokenColumns(
        behavior,
        shares,
        gather(pack, advantages.advantages()),
        gather(pack, advantages.returns()),
        gather(pack, advantages.preferred()));
  }

  /** One advantage for each token of a micro-batch, of one a rollout. */
  float[] combined(PackedRollouts pack, double[] advantages) {
    return gather(pack, TokenAdvantages.ofRollouts(batch, advantages));
  }

  /** Rows by objective, rollout and token as one array, row-major of shape (M, N). */
  private static float[] gather(PackedRollouts pack, double[][][] rows) {
    int tokens = pack.targets().length;
    float[] columns = new float[Math.multiplyExact(rows.length, tokens)];
    int at = 0;
    for (double[][] ofObjective : rows) {
      for (int member : pack.members()) {
        for (double value : ofObjective[member]) {
          columns[at++] = (float) value;
        }
      }
    }
    return columns;
  }
}
