package io.gapo.core.ppo;

import java.util.function.DoubleUnaryOperator;

/** Importance ratios of tokens, by their logarithms. */
final class TokenRatios {

  private TokenRatios() {}

  /** {@code log π − log μ} of a sequence's tokens; NaN where one of the two is not finite. */
  static double[] logRatios(double[] logProbs, double[] behavior) {
    double[] logRatios = new double[Sequences.requireSameLength(logProbs, behavior)];
    for (int t = 0; t < logRatios.length; t++) {
      double logRatio = logProbs[t] - behavior[t];
      logRatios[t] = Double.isFinite(logRatio) ? logRatio : Double.NaN;
    }
    return logRatios;
  }

  /** A function of each token's log-ratio, by rollout and token. */
  static double[][] map(double[][] logProbs, double[][] behavior, DoubleUnaryOperator function) {
    double[][] values = new double[logProbs.length][];
    for (int i = 0; i < values.length; i++) {
      values[i] = logRatios(logProbs[i], behavior[i]);
      for (int t = 0; t < values[i].length; t++) {
        values[i][t] = function.applyAsDouble(values[i][t]);
      }
    }
    return values;
  }
}
