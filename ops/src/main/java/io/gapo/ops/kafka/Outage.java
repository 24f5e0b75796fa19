package io.gapo.ops.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Since when Kafka has not answered, and when to say so: after 10 s, after a minute and every five
 * minutes. A broker that is away for less is not worth a line. Not thread-safe.
 */
final class Outage {

  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration SECOND = Duration.ofMinutes(1);
  private static final Duration FURTHER = Duration.ofMinutes(5);

  private @Nullable Instant since;
  private Duration next = FIRST;

  /**
   * What there is to say.
   *
   * @param since when Kafka was first asked without an answer
   * @param lasted from then to now
   */
  record Notice(Instant since, Duration lasted) {}

  /**
   * Kafka was asked and has not answered.
   *
   * @param asked when
   * @param now when it was given up
   * @return what to say now, if anything
   */
  Optional<Notice> failed(Instant asked, Instant now) {
    if (since == null) {
      since = asked;
    }
    Duration lasted = Duration.between(since, now);
    if (lasted.compareTo(next) < 0) {
      return Optional.empty();
    }
    next = lasted.compareTo(SECOND) < 0 ? SECOND : lasted.plus(FURTHER);
    return Optional.of(new Notice(since, lasted));
  }

  /**
   * Kafka has answered.
   *
   * @return the outage that ends with it, if it was said that there is one
   */
  Optional<Notice> answered(Instant now) {
    Optional<Notice> ended =
        since == null || next.equals(FIRST)
            ? Optional.empty()
            : Optional.of(new Notice(since, Duration.between(since, now)));
    since = null;
    next = FIRST;
    return ended;
  }
}
