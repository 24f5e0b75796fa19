package io.gapo.ops.feed;

import io.gapo.core.port.ForUser;
import java.io.IOException;

/** A file of prompts cannot be read (further); the message names it, the reason and the remedy. */
public final class UnreadableFileException extends IOException implements ForUser {

  private static final long serialVersionUID = 1L;

  UnreadableFileException(String message) {
    super(message);
  }

  /**
   * There is nothing in it.
   *
   * @param name of the file, or of what else was read
   */
  public static UnreadableFileException withoutRows(String name) {
    return new UnreadableFileException(
        "%s holds no prompts: it is empty, or has blank lines only".formatted(name));
  }

  UnreadableFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
