package io.gapo.core.ppo;

/**
 * Advantages of one objective with mean 0 and standard deviation 1 over all tokens of a batch.
 *
 * <p>Advantages that are all alike but for rounding have none that is better: all become 0.
 *
 * <p>Off by default: it makes every objective's gradient about equally long, and so takes away the
 * scale that GAPO's p acts on.
 */
public final class WhitenedAdvantage {

  /** Below this share of the largest advantage, a deviation is what the mean's rounding leaves. */
  private static final double ROUNDING = 1e-12;

  private WhitenedAdvantage() {}

  /**
   * New advantages, in the same shape.
   *
   * @param advantages of one objective, by rollout and token
   */
  public static double[][] of(double[][] advantages) {
    long tokens = 0;
    double sum = 0;
    for (double[] row : advantages) {
      tokens += row.length;
      for (double advantage : row) {
        sum += advantage;
      }
    }
    double mean = tokens == 0 ? 0 : sum / tokens;
    double squares = 0;
    double largest = 0;
    for (double[] row : advantages) {
      for (double advantage : row) {
        squares += (advantage - mean) * (advantage - mean);
        largest = Math.max(largest, Math.abs(advantage));
      }
    }
    double deviation = tokens == 0 ? 0 : Math.sqrt(squares / tokens);
    double scale = deviation <= ROUNDING * largest ? 0 : 1 / deviation;
    double[][] whitened = new double[advantages.length][];
    for (int i = 0; i < advantages.length; i++) {
      whitened[i] = new double[advantages[i].length];
      for (int t = 0; t < whitened[i].length; t++) {
        whitened[i][t] = (advantages[i][t] - mean) * scale;
      }
    }
    return whitened;
  }
}
