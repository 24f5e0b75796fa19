package io.gapo.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What a blob is called, which is what it must add up to: 64 digits are the SHA-256 of a large file
 * (git LFS), 40 the SHA-1 by which git names a small one.
 */
record Checksum(String hex) {

  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}|[0-9a-f]{40}");
  private static final int SHA256_DIGITS = 64;
  private static final int CHUNK = 1 << 20;

  Checksum {
    if (!isOne(hex)) {
      throw new IllegalArgumentException(
          "a checksum has 40 or 64 hex digits, was '%s'".formatted(hex));
    }
  }

  static boolean isOne(String text) {
    return HEX.matcher(text).matches();
  }

  /** Whether a file adds up to this. */
  boolean isOf(Path file) throws IOException {
    MessageDigest digest;
    if (hex.length() == SHA256_DIGITS) {
      digest = digest("SHA-256");
    } else {
      digest = digest("SHA-1");
      digest.update("blob %s\0".formatted(Files.size(file)).getBytes(StandardCharsets.US_ASCII));
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] chunk = new byte[CHUNK];
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        digest.update(chunk, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest()).equals(hex);
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + algorithm, e);
    }
  }

  @Override
  public String toString() {
    return hex;
  }
}
