package io.gapo.runtime.checkpoint;

import io.gapo.core.port.ForUser;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A checkpoint cannot be read for another reason than what it holds, such as its permissions: it
 * may be complete, and to continue from an older one would throw training away.
 */
public final class UnreadableCheckpointException extends UncheckedIOException implements ForUser {

  private static final long serialVersionUID = 1L;

  private UnreadableCheckpointException(Path checkpoint, IOException cause) {
    super(
        "checkpoint %s was not read: %s. It may be complete, so it is not passed over for an older one:"
                .formatted(checkpoint, reason(cause))
            + " fix its permissions or the disk, or move %s away to continue from the one before"
                .formatted(checkpoint.getFileName()),
        cause);
  }

  /**
   * Returns if the failure says that a file is missing or was cut short.
   *
   * @throws UnreadableCheckpointException if it says anything else
   */
  static void refuseUnlessDamaged(Path checkpoint, IOException failure) {
    if (failure instanceof NoSuchFileException || failure instanceof EOFException) {
      return;
    }
    throw new UnreadableCheckpointException(checkpoint, failure);
  }

  /** {@link #refuseUnlessDamaged(Path, IOException)} of what lies in it. */
  static void refuseUnlessDamaged(Path checkpoint, UncheckedIOException failure) {
    refuseUnlessDamaged(checkpoint, Objects.requireNonNull(failure.getCause()));
  }

  private static String reason(IOException failure) {
    return failure instanceof AccessDeniedException denied
        ? denied.getFile() + ": permission denied"
        : String.valueOf(failure.getMessage());
  }
}
