package io.gapo.runtime.gradients;

/**
 * The loss of one objective's value head, the mean over sequences of the means over their tokens.
 *
 * <p>{@code ½ max((V − R)², (clip(V, V_old ± c) − R)²)}, as in Safe RLHF (Dai et al., ICLR 2024).
 *
 * @param clip c, how far a value counts from what it was when the returns were estimated; Safe RLHF
 *     has 5
 */
record ValueLoss(double clip) {

  /**
   * Of one batch.
   *
   * @param gradient of the loss by each value, shape (B, T of each sequence)
   */
  record Evaluation(double loss, double[][] gradient) {}

  ValueLoss {
    if (!(clip > 0)) {
      throw new IllegalArgumentException("value clip must be > 0, was " + clip);
    }
  }

  /** The loss; all shapes are (B, T of each sequence). */
  Evaluation evaluate(double[][] values, double[][] oldValues, double[][] returns) {
    int batch = Sequences.requireSameShape(values, oldValues, returns);
    double[][] gradient = new double[batch][];
    double loss = 0;
    for (int i = 0; i < batch; i++) {
      int tokens = values[i].length;
      double share = 1.0 / batch / tokens;
      gradient[i] = new double[tokens];
      for (int t = 0; t < tokens; t++) {
        double old = oldValues[i][t];
        double clipped = Math.max(old - clip, Math.min(old + clip, values[i][t]));
        double error = values[i][t] - returns[i][t];
        double clippedError = clipped - returns[i][t];
        loss += share * 0.5 * Math.max(error * error, clippedError * clippedError);
        // Where the clipped error is the greater one, the value has no influence any more.
        gradient[i][t] = Math.abs(error) >= Math.abs(clippedError) ? share * error : 0;
      }
    }
    return new Evaluation(loss, gradient);
  }
}
