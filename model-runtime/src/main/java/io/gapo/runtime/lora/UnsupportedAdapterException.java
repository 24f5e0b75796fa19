package io.gapo.runtime.lora;

import io.gapo.core.port.ForUser;
import java.nio.file.Path;

/** An adapter that would be misread if it were read. */
public final class UnsupportedAdapterException extends RuntimeException implements ForUser {

  private static final long serialVersionUID = 1L;

  UnsupportedAdapterException(Path file, String what) {
    super(file + ": " + what);
  }
}
