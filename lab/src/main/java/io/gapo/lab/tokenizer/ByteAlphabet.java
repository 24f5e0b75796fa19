package io.gapo.lab.tokenizer;

import java.nio.charset.StandardCharsets;

/**
 * GPT-2's way of writing bytes as printable characters, so that every byte sequence is a string
 * that JSON and people can read (Radford et al. 2019, {@code bytes_to_unicode}).
 */
final class ByteAlphabet {

  private static final int BYTES = 256;
  private static final char[] CHARACTERS = characters();

  private ByteAlphabet() {}

  private static char[] characters() {
    char[] characters = new char[BYTES];
    char substitute = BYTES;
    for (int value = 0; value < BYTES; value++) {
      characters[value] = isPrintable(value) ? (char) value : substitute++;
    }
    return characters;
  }

  private static boolean isPrintable(int value) {
    return (value >= '!' && value <= '~')
        || (value >= 0xa1 && value <= 0xac)
        || (value >= 0xae && value <= 0xff);
  }

  /** The character that stands for a byte. */
  static char character(int value) {
    return CHARACTERS[value];
  }

  /** A text's UTF-8 bytes, 0 to 255. */
  static int[] bytes(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    int[] bytes = new int[encoded.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = Byte.toUnsignedInt(encoded[i]);
    }
    return bytes;
  }
}
