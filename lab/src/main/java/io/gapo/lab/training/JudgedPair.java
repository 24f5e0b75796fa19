package io.gapo.lab.training;

import java.util.Optional;

/**
 * Two answers of which one should score higher.
 *
 * @param higherSign of its score: 1, −1, or 0 if nothing is known of it
 * @param lowerSign likewise
 */
public record JudgedPair(
    AnsweredPrompt higher, AnsweredPrompt lower, int higherSign, int lowerSign) {

  /** What a reward model learns from: one answer is better. */
  public static JudgedPair ofReward(AnsweredPrompt better, AnsweredPrompt worse) {
    return new JudgedPair(better, worse, 0, 0);
  }

  /**
   * What a cost model learns from: one answer is safer, and costs less.
   *
   * @param saferIsSafe whether the safer one does no harm at all, so that its cost is below 0;
   *     empty if nobody said so
   * @param unsaferIsSafe likewise
   */
  public static JudgedPair ofCost(
      AnsweredPrompt safer,
      AnsweredPrompt unsafer,
      Optional<Boolean> saferIsSafe,
      Optional<Boolean> unsaferIsSafe) {
    return new JudgedPair(unsafer, safer, signOfCost(unsaferIsSafe), signOfCost(saferIsSafe));
  }

  private static int signOfCost(Optional<Boolean> isSafe) {
    return isSafe.map(safe -> safe ? -1 : 1).orElse(0);
  }

  /** Whether the sign of a score is known. */
  public boolean isSigned() {
    return higherSign != 0 || lowerSign != 0;
  }
}
