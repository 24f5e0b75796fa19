package io.gapo.lab.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** How the report writes numbers. */
final class Figures {

  static final String UNKNOWN = "n/a";

  private static final double SECONDS_PER_MINUTE = 60;

  private static final MathContext SIX_DIGITS = new MathContext(6);

  private Figures() {}

  /** Writes a minus sign that is as wide as a plus. */
  static String fixed(double value, int decimals) {
    if (!Double.isFinite(value)) {
      return UNKNOWN;
    }
    String digits = String.format(Locale.ROOT, "%." + decimals + "f", Math.abs(value));
    boolean isZero = digits.chars().allMatch(c -> c == '0' || c == '.');
    return value < 0 && !isZero ? "−" + digits : digits;
  }

  /** Writes a figure with its unit: shares in percent. */
  static String mean(double value, Column.Unit unit) {
    return switch (unit) {
      case SCORE -> fixed(value, 2);
      case SHARE -> fixed(100 * value, 1) + " %";
      case NATS -> fixed(value, 3);
      case TOKENS -> fixed(value, 1);
    };
  }

  /** Formats like {@link #mean}, without the unit. */
  static String error(double value, Column.Unit unit) {
    return unit == Column.Unit.SHARE ? fixed(100 * value, 1) : mean(value, unit);
  }

  /** Rounds to six digits and writes no trailing zeros: 0.2, 1, 12. */
  static String plain(double value) {
    return Double.isFinite(value) ? rounded(value).toPlainString() : UNKNOWN;
  }

  /** Rounds to six digits; {@code value} must be finite. */
  static BigDecimal rounded(double value) {
    return new BigDecimal(value, SIX_DIGITS).stripTrailingZeros();
  }

  /** Such as "1 h 53 min", "12 min 5 s" or "8.3 s". */
  static String duration(double seconds) {
    if (seconds < SECONDS_PER_MINUTE) {
      return fixed(seconds, 1) + " s";
    }
    long whole = Math.round(seconds);
    long minutes = whole / 60;
    return minutes < 60
        ? minutes + " min " + whole % 60 + " s"
        : minutes / 60 + " h " + minutes % 60 + " min";
  }
}
