package io.gapo.ops.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Refuses values that a setting cannot have, by the setting's full name. */
final class Check {

  private Check() {}

  static void atLeast(String key, long value, long least) {
    that(value >= least, key, ">= " + least, value);
  }

  static void atLeast(String key, double value, double least) {
    that(value >= least && Double.isFinite(value), key, ">= " + least, value);
  }

  static void finite(String key, double value) {
    that(Double.isFinite(value), key, "a finite number", value);
  }

  static void port(String key, int value) {
    that(value >= 0 && value <= 65_535, key, "0 to 65535", value);
  }

  static void positive(String key, double value) {
    that(value > 0 && Double.isFinite(value), key, "> 0", value);
  }

  /** A number that single precision holds. */
  static void positiveSingle(String key, double value) {
    float single = (float) value;
    that(single > 0 && Float.isFinite(single), key, "> 0 and within the range of float32", value);
  }

  static void notNegative(String key, double value) {
    that(value >= 0 && Double.isFinite(value), key, ">= 0", value);
  }

  static void fraction(String key, double value) {
    that(value >= 0 && value <= 1, key, "from 0 to 1", value);
  }

  static void fractionBelowOne(String key, double value) {
    that(value >= 0 && value < 1, key, ">= 0 and below 1", value);
  }

  static void properFraction(String key, double value) {
    that(value > 0 && value < 1, key, "above 0 and below 1", value);
  }

  static void positive(String key, Duration value) {
    that(!value.isNegative() && !value.isZero(), key, "longer than 0", value);
  }

  static void notBlank(String key, String value) {
    if (value.isBlank()) {
      throw new ConfigurationException("%s must not be empty".formatted(key));
    }
  }

  /** The constant that {@code value} spells in lower case with dashes. */
  static <E extends Enum<E>> E oneOf(String key, String value, Class<E> type) {
    for (E constant : type.getEnumConstants()) {
      if (spelling(constant).equals(value)) {
        return constant;
      }
    }
    String choices =
        Arrays.stream(type.getEnumConstants())
            .map(Check::spelling)
            .collect(Collectors.joining(", "));
    throw new ConfigurationException(
        "%s must be one of %s, was '%s'".formatted(key, choices, value));
  }

  private static String spelling(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static void that(boolean holds, String key, String expected, Object was) {
    if (!holds) {
      throw new ConfigurationException("%s must be %s, was %s".formatted(key, expected, was));
    }
  }
}
