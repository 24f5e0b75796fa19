package io.gapo.runtime.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Tells a checkpoint that is not whole from one that cannot be read for a reason of the system's,
 * such as its permissions: the second may be whole, and to continue from an older one would throw
 * training away.
 */
final class UnreadableCheckpoint {

  private UnreadableCheckpoint() {}

  /**
   * Returns if the failure says that a file is missing or was cut short.
   *
   * @throws UncheckedIOException with the file and what to do, if it says anything else
   */
  static void refuseUnlessDamaged(Path checkpoint, IOException failure) {
    if (failure instanceof NoSuchFileException || failure instanceof EOFException) {
      return;
    }
    throw new UncheckedIOException(
        "checkpoint %s was not read: %s. It may be whole, so it is not passed over for an older one:"
                .formatted(checkpoint, reason(failure))
            + " fix its permissions or the disk, or move %s away to continue from the one before"
                .formatted(checkpoint.getFileName()),
        failure);
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
