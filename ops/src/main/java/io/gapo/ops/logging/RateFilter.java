package io.gapo.ops.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets through one in a while of the warnings that a library repeats many times a second, by a
 * phrase of theirs: every Kafka client says of every attempt that a broker cannot be reached. Made
 * by logback.xml.
 */
public final class RateFilter extends Filter<ILoggingEvent> {

  private final List<String> phrases = new ArrayList<>();
  private long seconds = 30;
  private long nextMillis = Long.MIN_VALUE;

  /** Called by Logback for each {@code <phrase>} element. */
  public void addPhrase(String phrase) {
    phrases.add(phrase);
  }

  /** Time from one to the next, of all phrases together; 30 s if not set. */
  public void setSeconds(long seconds) {
    this.seconds = seconds;
  }

  @Override
  public synchronized FilterReply decide(ILoggingEvent event) {
    String message = event.getFormattedMessage();
    if (phrases.stream().noneMatch(message::contains)) {
      return FilterReply.NEUTRAL;
    }
    if (event.getTimeStamp() < nextMillis) {
      return FilterReply.DENY;
    }
    nextMillis = event.getTimeStamp() + seconds * 1000;
    return FilterReply.NEUTRAL;
  }
}
