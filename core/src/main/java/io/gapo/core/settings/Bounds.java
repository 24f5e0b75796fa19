package io.gapo.core.settings;

import java.time.Duration;

/**
 * What records ask of the settings that they are made of. Each part of the pipeline bounds its own
 * settings, once, under the names that they have in reference.conf; NaN is within no bounds.
 */
public final class Bounds {

  private Bounds() {}

  public static void atLeast(String setting, long value, long least) {
    require(value >= least, setting, ">= " + least, value);
  }

  public static void atLeast(String setting, double value, double least) {
    require(value >= least && Double.isFinite(value), setting, ">= " + least, value);
  }

  public static void finite(String setting, double value) {
    require(Double.isFinite(value), setting, "a finite number", value);
  }

  public static void positive(String setting, double value) {
    require(value > 0 && Double.isFinite(value), setting, "> 0", value);
  }

  public static void positive(String setting, Duration value) {
    require(
        !value.isNegative() && !value.isZero(), setting, "longer than 0", DurationText.of(value));
  }

  public static void notNegative(String setting, double value) {
    require(value >= 0 && Double.isFinite(value), setting, ">= 0", value);
  }

  /** The interval from 0 to 1. */
  public static void fraction(String setting, double value) {
    require(value >= 0 && value <= 1, setting, "from 0 to 1", value);
  }

  public static void fractionBelowOne(String setting, double value) {
    require(value >= 0 && value < 1, setting, ">= 0 and below 1", value);
  }

  /** Neither 0 nor 1. */
  public static void properFraction(String setting, double value) {
    require(value > 0 && value < 1, setting, "above 0 and below 1", value);
  }

  /**
   * Any other bound.
   *
   * @param expected as it follows "must be"
   * @throws InvalidSettingException unless it holds
   */
  public static void require(boolean holds, String setting, String expected, Object was) {
    if (!holds) {
      throw new InvalidSettingException(setting, "must be %s, was %s".formatted(expected, was));
    }
  }
}
