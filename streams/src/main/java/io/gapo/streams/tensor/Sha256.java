package io.gapo.streams.tensor;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The digest that tells a complete transfer from a damaged one. */
final class Sha256 {

  private Sha256() {}

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
