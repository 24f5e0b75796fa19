package io.gapo.lab.training;

import java.util.Locale;

/**
 * How well a policy predicts demonstrations that it was not trained on.
 *
 * @param heldOutLoss mean negative log-likelihood, nats a response token
 * @param standardError of that mean, over demonstrations
 * @param heldOutTokens response tokens that it was measured on
 * @param demonstrations that it was measured on
 */
public record SupervisedReport(
    double heldOutLoss, double standardError, long heldOutTokens, int demonstrations)
    implements HeldOutReport {

  @Override
  public String text() {
    return demonstrations == 0
        ? "nothing is held out"
        : String.format(
            Locale.ROOT,
            "held-out loss %.3f ± %.3f nats a token (%d demonstrations)",
            heldOutLoss,
            standardError,
            demonstrations);
  }
}
