package io.gapo.runtime.gradients;

import io.gapo.core.rollout.FinishReason;
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
  private final LossSettings losses;
  private final long tokens;

  BatchTokens(List<ScoredRollout> batch, LossSettings losses) {
    this.batch = batch;
    this.losses = losses;
    this.tokens =
        batch.stream().mapToLong(scored -> scored.rollout().responseTokens().length).sum();
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
  TokenColumns columns(PackedRollouts pack, TokenAdvantages advantages, CorrectedTokens corrected) {
    int length = pack.targets().length;
    float[] behavior = new float[length];
    float[] shares = new float[length];
    int at = 0;
    for (int member : pack.members()) {
      Rollout rollout = batch.get(member).rollout();
      float share = (float) share(rollout);
      for (float logProb : rollout.behaviorLogProbs()) {
        behavior[at] = logProb;
        shares[at++] = share;
      }
    }
    return new TokenColumns(
        behavior,
        shares,
        corrected.weighs() ? gather(pack, corrected.weights()) : new float[0],
        gather(pack, advantages.advantages()),
        gather(pack, advantages.returns()),
        gather(pack, advantages.preferred()));
  }

  /** One advantage for each token of a micro-batch, of one a rollout. */
  float[] combined(PackedRollouts pack, double[] advantages) {
    return gather(pack, TokenAdvantages.ofRollouts(batch, advantages));
  }

  /** Of one of its tokens in a loss; 0 if the rollout does not train. */
  private double share(Rollout rollout) {
    return trains(losses, rollout)
        ? losses
            .aggregation()
            .share(batch.size(), tokens, rollout.responseTokens().length, losses.limit().tokens())
        : 0;
  }

  static boolean trains(LossSettings losses, Rollout rollout) {
    return losses.limit().trains(rollout.finishReason() == FinishReason.LENGTH);
  }

  static double[] widened(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  /** Rows by objective, rollout and token as one array, row-major of shape (M, N). */
  private static float[] gather(PackedRollouts pack, double[][][] rows) {
    float[] columns = new float[Math.multiplyExact(rows.length, pack.targets().length)];
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
