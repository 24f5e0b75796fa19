package io.gapo.streams.intake;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Failures as they were before futures wrapped them. */
public final class Failures {

  private Failures() {}

  public static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  public static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
