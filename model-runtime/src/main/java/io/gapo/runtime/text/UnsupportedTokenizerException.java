package io.gapo.runtime.text;

import io.gapo.core.port.ForUser;
import java.nio.file.Path;

/** A tokenizer that cannot be read, or that makes tokens which its model does not know. */
public final class UnsupportedTokenizerException extends IllegalArgumentException
    implements ForUser {

  private static final long serialVersionUID = 1L;

  UnsupportedTokenizerException(Path file, String what) {
    super(file + ": " + what);
  }

  UnsupportedTokenizerException(Path file, String what, Throwable cause) {
    super(file + ": " + what, cause);
  }
}
