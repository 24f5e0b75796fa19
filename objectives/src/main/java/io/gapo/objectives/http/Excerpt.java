package io.gapo.objectives.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The beginning of a body, fit for a message. */
final class Excerpt {

  private static final int LENGTH = 200;

  private Excerpt() {}

  static String of(byte[] body) {
    String text =
        new String(Arrays.copyOf(body, Math.min(body.length, 4 * LENGTH)), StandardCharsets.UTF_8);
    return of(text);
  }

  static String of(String text) {
    String line = text.replaceAll("[\\p{Cntrl}\\s\\x00]+", " ").strip();
    return line.length() <= LENGTH
        ? "'%s'".formatted(line)
        : "'%s…'".formatted(line.substring(0, LENGTH));
  }
}
