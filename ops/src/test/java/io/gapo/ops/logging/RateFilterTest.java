package io.gapo.ops.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RateFilterTest {

  private final RateFilter filter = new RateFilter();

  @Test
  void letsThroughOneMessageOfAllItsPhrasesInAWhile() {
    filter.addPhrase("Node may not be available");
    filter.addPhrase("disconnected");
    filter.setSeconds(30);

    assertThat(at(0, "1: Node may not be available")).isEqualTo(FilterReply.NEUTRAL);
    assertThat(at(1, "2: Node may not be available")).isEqualTo(FilterReply.DENY);
    assertThat(at(29, "disconnected")).isEqualTo(FilterReply.DENY);
    assertThat(at(29, "another thing")).isEqualTo(FilterReply.NEUTRAL);
    assertThat(at(30, "3: Node may not be available")).isEqualTo(FilterReply.NEUTRAL);
    assertThat(at(31, "disconnected")).isEqualTo(FilterReply.DENY);
  }

  private FilterReply at(long second, String message) {
    LoggingEvent event = new LoggingEvent();
    event.setMessage(message);
    event.setInstant(Instant.ofEpochSecond(1_000_000 + second));
    return filter.decide(event);
  }
}
