package io.gapo.objectives.http;

import java.time.Duration;

/** A request got no scores; the message says what came instead. */
final class CallFailedException extends Exception {

  private static final long serialVersionUID = 1L;

  /** What a failure says of the next try. */
  enum Kind {
    /** Nobody answered in time. */
    SILENCE,
    /** The service has too much to do. */
    BUSY,
    /** The service failed, or answered with something else than scores. */
    BROKEN,
    /** The service refuses what it was asked. */
    REFUSED_CONTENT,
    /** The service refuses whatever it is asked: another address, or another token. */
    REFUSED;

    boolean mayPass() {
      return this == SILENCE || this == BUSY || this == BROKEN;
    }

    /** Whether the service did not do its work; one that is busy or particular does. */
    boolean isFault() {
      return this == SILENCE || this == BROKEN || this == REFUSED;
    }

    /** Whether a single rollout of several may be the reason. */
    boolean mayBeOneRollouts() {
      return this == BROKEN || this == REFUSED_CONTENT;
    }
  }

  private final Kind kind;
  private final Duration retryAfter;

  CallFailedException(Kind kind, String problem) {
    this(kind, problem, Duration.ZERO);
  }

  /**
   * @param retryAfter how long the service wants to be left alone
   */
  CallFailedException(Kind kind, String problem, Duration retryAfter) {
    super(problem);
    this.kind = kind;
    this.retryAfter = retryAfter;
  }

  Kind kind() {
    return kind;
  }

  Duration retryAfter() {
    return retryAfter;
  }
}
