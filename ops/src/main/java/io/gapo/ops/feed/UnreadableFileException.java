package io.gapo.ops.feed;

import io.gapo.core.port.ForUser;
import java.io.IOException;

/** A file of prompts cannot be read (further); the message names it, the reason and the remedy. */
public final class UnreadableFileException extends IOException implements ForUser {

  private static final long serialVersionUID = 1L;

  UnreadableFileException(String message) {
    super(message);
  }

  UnreadableFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
