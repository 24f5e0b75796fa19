package io.gapo.core.port;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Failures as they were before futures wrapped them, and in words. */
public final class Failures {

  private Failures() {}

  /** What failed, without the wrappers of futures. */
  public static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** The failure's message, or its name if it has none. */
  public static String reason(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
  }

  /** The reason of the failure that began the chain of causes. */
  public static String rootReason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return reason(root);
  }
}
