package io.gapo.runtime.lora;

import java.nio.file.Path;

/** An adapter that would be misread if it were read. */
public final class UnsupportedAdapterException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnsupportedAdapterException(Path file, String what) {
    super(file + ": " + what);
  }
}
