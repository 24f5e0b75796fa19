package io.gapo.objectives.http;

/** A service answered, but not with scores; the message says what came. */
public final class BadAnswerException extends Exception {

  private static final long serialVersionUID = 1L;

  BadAnswerException(String problem) {
    super(problem);
  }
}
