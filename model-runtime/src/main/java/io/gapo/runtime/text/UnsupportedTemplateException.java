package io.gapo.runtime.text;

import io.gapo.core.port.ForUser;
import java.nio.file.Path;

/** A template that a model would read otherwise than it was trained to. */
public final class UnsupportedTemplateException extends IllegalArgumentException
    implements ForUser {

  private static final long serialVersionUID = 1L;

  /**
   * @param file of the tokenizer
   */
  UnsupportedTemplateException(Path file, String what) {
    super(file + ": " + what);
  }
}
