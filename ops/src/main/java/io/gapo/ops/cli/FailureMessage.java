package io.gapo.ops.cli;

import io.gapo.core.port.ForUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says what went wrong in a command to whoever called it, without a stack trace. */
final class FailureMessage {

  private FailureMessage() {}

  /** One or more lines, without the command's name. */
  static String of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ForUser) {
        return String.valueOf(cause.getMessage());
      }
      if (cause instanceof FileSystemException file) {
        return fileProblem(file);
      }
      if (cause instanceof UncheckedIOException && isOfTheSystem(cause.getCause())) {
        return String.valueOf(cause.getMessage());
      }
    }
    return "%s. This may be a fault of GAPO Streams: --stacktrace shows where it is"
        .formatted(failure);
  }

  /**
   * Whether the failure carries the system's message only, without the file, as a full disk does.
   */
  private static boolean isOfTheSystem(@Nullable Throwable failure) {
    return failure != null && failure.getClass() == IOException.class;
  }

  private static String fileProblem(FileSystemException failure) {
    String file = failure.getFile();
    if (failure instanceof NoSuchFileException) {
      return "there is no file or directory " + file;
    }
    if (failure instanceof AccessDeniedException) {
      return "%s may not be accessed: fix its permissions".formatted(file);
    }
    if (failure instanceof FileAlreadyExistsException) {
      return "%s is there already".formatted(file);
    }
    if (failure instanceof NotDirectoryException) {
      return "%s is not a directory".formatted(file);
    }
    return "%s: %s".formatted(file, Optional.ofNullable(failure.getReason()).orElse("I/O error"));
  }
}
