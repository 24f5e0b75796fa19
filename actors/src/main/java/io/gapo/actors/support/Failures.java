package io.gapo.actors.support;

import java.util.Objects;

/** Words for failures. */
public final class Failures {

  private Failures() {}

  /** The failure's message, or its name if it has none. */
  public static String reason(Throwable failure) {
    return Objects.requireNonNullElse(failure.getMessage(), failure.toString());
  }
}
