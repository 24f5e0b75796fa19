package io.gapo.ops.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Limits the rate of the warnings that Kafka's clients repeat many times a second, by a phrase of
 * theirs: every client says of every attempt that a broker cannot be reached. Clients that say the
 * same share a limit, and each broker has its own. One that passes says in the key {@code
 * suppressed} how many did not since the last. Made by logback.xml.
 */
public final class RateFilter extends Filter<ILoggingEvent> {

  private static final String LOGGERS = "org.apache.kafka.";

  /** As in {@code [Producer clientId=producer-1] }. */
  private static final Pattern CLIENT = Pattern.compile("^\\[[^\\]]*] ");

  private final LongSupplier nanoTime;
  private final List<String> phrases = new ArrayList<>();

  /** By message without its client; brokers are few, and so are these. */
  private final Map<String, Passed> passed = new HashMap<>();

  private long nanos = Duration.ofSeconds(30).toNanos();

  /** Made by Logback. */
  public RateFilter() {
    this(System::nanoTime);
  }

  RateFilter(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** The last that passed, and how many did not since. */
  private static final class Passed {
    final long nanoTime;
    long suppressed;

    Passed(long nanoTime) {
      this.nanoTime = nanoTime;
    }
  }

  /** Called by Logback for each {@code <phrase>} element. */
  public void addPhrase(String phrase) {
    phrases.add(phrase);
  }

  /** Time from one to the next that says the same; 30 s if not set. */
  public void setSeconds(long seconds) {
    nanos = Duration.ofSeconds(seconds).toNanos();
  }

  @Override
  public synchronized FilterReply decide(ILoggingEvent event) {
    String message = event.getFormattedMessage();
    if (!event.getLoggerName().startsWith(LOGGERS)
        || phrases.stream().noneMatch(message::contains)) {
      return FilterReply.NEUTRAL;
    }
    String key = CLIENT.matcher(message).replaceFirst("");
    long now = nanoTime.getAsLong();
    @Nullable Passed last = passed.get(key);
    if (last != null && now - last.nanoTime < nanos) {
      last.suppressed++;
      return FilterReply.DENY;
    }
    passed.put(key, new Passed(now));
    if (last != null && last.suppressed > 0 && event instanceof LoggingEvent open) {
      open.addKeyValuePair(new KeyValuePair("suppressed", last.suppressed));
    }
    return FilterReply.NEUTRAL;
  }
}
