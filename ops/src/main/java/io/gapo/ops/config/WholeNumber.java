package io.gapo.ops.config;

import com.typesafe.config.Config;

/** Reads integers, which the settings' own reader would cut to size without a word. */
final class WholeNumber {

  private WholeNumber() {}

  /**
   * A setting of 32 bits.
   *
   * @param key for messages
   * @throws ConfigurationException naming the setting if it has a fraction or does not fit
   */
  static int intAt(Config part, String path, String key) {
    long value = longAt(part, path, key);
    if (value != (int) value) {
      throw refusal(
          key, value > 0 ? "at most " + Integer.MAX_VALUE : "at least " + Integer.MIN_VALUE, value);
    }
    return (int) value;
  }

  /**
   * A setting of 64 bits.
   *
   * @param key for messages
   * @throws ConfigurationException naming the setting if it has a fraction or does not fit
   */
  static long longAt(Config part, String path, String key) {
    Number number = part.getNumber(path);
    if (number instanceof Integer || number instanceof Long) {
      return number.longValue();
    }
    double value = number.doubleValue();
    if (value != Math.rint(value)) {
      throw refusal(key, "a whole number", part.getString(path));
    }
    // What is written with a point or an exponent, or in more digits than a long has.
    if (Math.abs(value) > 1L << 53) {
      throw refusal(key, "an integer of at most 64 bits", part.getString(path));
    }
    return (long) value;
  }

  private static ConfigurationException refusal(String key, String expected, Object was) {
    return new ConfigurationException(key, "must be %s, was %s".formatted(expected, was));
  }
}
