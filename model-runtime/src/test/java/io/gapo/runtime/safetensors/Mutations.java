package io.gapo.runtime.safetensors;

import java.util.List;
import java.util.SplittableRandom;

/** What damage, or malice, makes of a file. */
public final class Mutations {

  /** What headers are made of, and what might hurt a reader of them. */
  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "0",
          "-1",
          "1e9",
          "9223372036854775807",
          "99999999999999999999",
          "null",
          "true",
          "\"F32\"",
          "\"BF16\"",
          "\"F99\"",
          "\"dtype\"",
          "\"shape\"",
          "\"data_offsets\"",
          "\"__metadata__\"",
          "\"a\"",
          "[0,8]",
          "[2,2]",
          "\\u0000",
          "\\ud800",
          "\n",
          "[[[[",
          "{\"a\":{",
          "\u00e9");

  private Mutations() {}

  /** Some bytes overwritten. */
  public static byte[] ofBytes(byte[] valid, SplittableRandom random, int changes) {
    byte[] bytes = valid.clone();
    for (int i = 0; i < changes; i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  /** Pieces put in the place of a few characters, or a stretch said twice. */
  public static String ofJson(String valid, SplittableRandom random, int changes) {
    StringBuilder text = new StringBuilder(valid);
    for (int i = 0; i < changes; i++) {
      int from = random.nextInt(text.length() + 1);
      int to = Math.min(text.length(), from + random.nextInt(6));
      if (random.nextInt(8) == 0) {
        int end = Math.min(text.length(), from + random.nextInt(40));
        text.insert(from, text.substring(from, end));
      } else {
        text.replace(from, to, PIECES.get(random.nextInt(PIECES.size())));
      }
    }
    return text.toString();
  }

  /**
   * One of the values of a JSON text, a number, string or word after a colon, in the place of which
   * another stands: what is well-formed gets further into a reader than what is not.
   */
  public static String ofValue(String valid, SplittableRandom random) {
    int[] colons = valid.chars().filter(each -> each == ':').toArray();
    int chosen = random.nextInt(Math.max(1, colons.length));
    int at = -1;
    for (int i = 0; i <= chosen; i++) {
      at = valid.indexOf(':', at + 1);
    }
    if (at < 0) {
      return valid;
    }
    int end = at + 1;
    boolean quoted = false;
    while (end < valid.length() && (quoted || ",}\n".indexOf(valid.charAt(end)) < 0)) {
      quoted ^= valid.charAt(end) == '"';
      end++;
    }
    String value = VALUES.get(random.nextInt(VALUES.size()));
    return valid.substring(0, at + 1) + value + valid.substring(end);
  }

  /** At the borders of what types hold, and of other types. */
  private static final List<String> VALUES =
      List.of(
          "0",
          "1",
          "-1",
          "2",
          "3",
          "0.5",
          "1e308",
          "1e400",
          "-1e-400",
          "2147483647",
          "2147483648",
          "9223372036854775807",
          "9223372036854775808",
          "null",
          "true",
          "false",
          "\"\"",
          "\"F16\"",
          "\"../x.safetensors\"",
          "\"NaN\"",
          "[]",
          "[null]",
          "[[1]]",
          "{}",
          "{\"a\":null}");
}
