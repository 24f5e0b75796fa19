package io.gapo.lab.training;

import java.util.Locale;

/**
 * How well a score model judges pairs that it was not trained on.
 *
 * @param heldOutLoss mean over pairs, nats
 * @param preferenceAccuracy share of pairs that it ranks rightly
 * @param signAccuracy share of responses whose score has the right sign; 1 where no sign is known
 * @param pairs that it was measured on
 * @param signs responses among them whose sign is known
 */
public record PreferenceReport(
    double heldOutLoss, double preferenceAccuracy, double signAccuracy, int pairs, int signs)
    implements HeldOutReport {

  /** Standard error of the preference accuracy. */
  public double preferenceError() {
    return standardError(preferenceAccuracy, pairs);
  }

  /** Standard error of the sign accuracy. */
  public double signError() {
    return standardError(signAccuracy, signs);
  }

  private static double standardError(double share, int count) {
    return count == 0 ? 0 : Math.sqrt(share * (1 - share) / count);
  }

  @Override
  public String text() {
    if (pairs == 0) {
      return "nothing is held out";
    }
    String ranking =
        String.format(
            Locale.ROOT,
            "held-out loss %.3f, %.1f ± %.1f %% of %d pairs right",
            heldOutLoss,
            100 * preferenceAccuracy,
            100 * preferenceError(),
            pairs);
    return signs == 0
        ? ranking
        : ranking
            + String.format(
                Locale.ROOT,
                ", %.1f ± %.1f %% of %d signs",
                100 * signAccuracy,
                100 * signError(),
                signs);
  }
}
