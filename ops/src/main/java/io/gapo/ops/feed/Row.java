package io.gapo.ops.feed;

import java.nio.charset.StandardCharsets;

/**
 * A row of a file of prompts, as JSON text.
 *
 * @param number from 1
 * @param bytes UTF-8 where the file is sound; without a line end
 * @param cut whether the row was longer than allowed, and its rest was dropped
 */
public record Row(long number, byte[] bytes, boolean cut) {

  /** Whether there is nothing but white space in it: such a line is no row. */
  public boolean isBlank() {
    return !cut && new String(bytes, StandardCharsets.ISO_8859_1).isBlank();
  }
}
