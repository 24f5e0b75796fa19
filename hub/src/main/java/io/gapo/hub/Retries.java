package io.gapo.hub;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.Optional;

/**
 * Tries again, after growing pauses, what may go well later.
 *
 * @param attempts at most, without progress between them
 * @param first pause; each is twice the one before
 * @param longest pause
 * @param pause waits
 */
record Retries(int attempts, Duration first, Duration longest, Pause pause) {

  static final Retries DEFAULT =
      new Retries(
          6,
          Duration.ofSeconds(1),
          Duration.ofSeconds(60),
          duration -> Thread.sleep(duration.toMillis()));

  /** Waits. */
  interface Pause {
    /** Returns after that long. */
    void take(Duration duration) throws InterruptedException;
  }

  /** One attempt. */
  interface Attempt<T> {
    /**
     * Tries.
     *
     * @throws IOException if it may go well later
     */
    T make() throws IOException;

    /** How often to try at most if it fails so: once where pauses do not change it. */
    default int mostAttempts(IOException failure) {
      return Integer.MAX_VALUE;
    }

    /** Whether the last attempt came further than the one before, so that all may be had again. */
    default boolean progressed() {
      return false;
    }
  }

  /** The hub says that it cannot now. */
  static final class BusyException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Optional<Duration> retryAfter;

    BusyException(int status, Optional<Duration> retryAfter) {
      super("it answers %s".formatted(status));
      this.retryAfter = retryAfter;
    }
  }

  /**
   * Tries until it goes well.
   *
   * @param what is tried, for messages
   * @throws HubUnreachableException if it did not go well often enough
   */
  <T> T run(String what, Progress progress, Attempt<T> attempt) {
    Duration next = first;
    int left = attempts;
    while (true) {
      IOException failure;
      try {
        return attempt.make();
      } catch (BoundedBody.NotWrittenException | BoundedBody.TooLongException e) {
        throw refusal(what, e);
      } catch (IOException e) {
        failure = e;
      }
      if (attempt.progressed()) {
        left = attempts;
        next = first;
      }
      left--;
      int made = attempts - left;
      if (left == 0 || made >= attempt.mostAttempts(failure)) {
        throw new HubUnreachableException(
            made == 1
                ? "%s failed, %s".formatted(what, reason(failure))
                : "%s failed %s times, the last time because %s"
                    .formatted(what, made, reason(failure)),
            failure);
      }
      Duration wait = shorter(asked(failure).orElse(next), longest);
      progress.note(
          "%s failed, %s; trying again in %ss".formatted(what, reason(failure), wait.toSeconds()));
      take(wait);
      next = shorter(next.multipliedBy(2), longest);
    }
  }

  private static HubException refusal(String what, IOException e) {
    return e instanceof BoundedBody.NotWrittenException
        ? new HubException(
            "%s: the cache cannot be written to, %s: look at the disk and its permissions, or name"
                    .formatted(what, reason(e))
                + " another place in HF_HOME",
            e)
        : new HubException("%s: %s; look at HF_ENDPOINT".formatted(what, reason(e)), e);
  }

  private static Optional<Duration> asked(IOException failure) {
    return failure instanceof BusyException busy ? busy.retryAfter : Optional.empty();
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private void take(Duration wait) {
    try {
      pause.take(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HubException("fetching was interrupted: run it again, it goes on from there", e);
    }
  }

  /** The innermost message that there is: the outer ones name classes. */
  static String reason(Throwable failure) {
    if (HubHttp.isUnresolved(failure)) {
      return "the name does not resolve";
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof HttpConnectTimeoutException) {
        return "no connection is accepted in time";
      }
      if (cause instanceof ConnectException) {
        return "the connection is refused";
      }
    }
    String reason = failure.getClass().getSimpleName();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      reason = message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
    }
    return reason;
  }
}
