package io.gapo.runtime.llama;

import io.gapo.core.port.ForUser;
import java.nio.file.Path;

/** A model's files are readable, but not of a kind that this runtime computes correctly. */
public final class UnsupportedModelException extends RuntimeException implements ForUser {

  private static final long serialVersionUID = 1L;

  public UnsupportedModelException(Path file, String reason) {
    super("%s: %s".formatted(file, reason));
  }
}
