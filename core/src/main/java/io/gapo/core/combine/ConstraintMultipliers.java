package io.gapo.core.combine;

import java.util.List;

/** What the multipliers of constrained objectives have in common, however they move. */
final class ConstraintMultipliers {

  /** Where a multiplier starts. */
  static final double FIRST = 1;

  private ConstraintMultipliers() {}

  /**
   * Checks a method's settings.
   *
   * @param constrained names of the constrained objectives, one or more different
   * @param rate at which a multiplier moves, above 0
   * @param largest that a multiplier may become, at least {@link #FIRST}
   */
  static void require(List<String> constrained, double rate, double largest) {
    if (constrained.isEmpty() || constrained.stream().distinct().count() < constrained.size()) {
      throw new IllegalArgumentException(
          "expected different constrained objectives, was " + constrained);
    }
    if (!(rate > 0 && Double.isFinite(rate))) {
      throw new IllegalArgumentException("rate must be > 0, was " + rate);
    }
    if (!(largest >= FIRST && Double.isFinite(largest))) {
      throw new IllegalArgumentException("largest multiplier must be >= 1, was " + largest);
    }
  }
}
