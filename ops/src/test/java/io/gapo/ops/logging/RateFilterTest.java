package io.gapo.ops.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class RateFilterTest {

  private static final String KAFKA = "org.apache.kafka.clients.NetworkClient";
  private static final String NODE_1 = "Connection to node 1 failed: Node may not be available";
  private static final String NODE_2 = "Connection to node 2 failed: Node may not be available";

  /** Overflows within a test, as System.nanoTime may. */
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(10));

  private final RateFilter filter = new RateFilter(now::get);

  @BeforeEach
  void limit() {
    filter.addPhrase("Node may not be available");
    filter.setSeconds(30);
  }

  @Test
  void letsThroughOneInAWhileOfWhatAnyClientSays() {
    assertThat(decide("[Producer clientId=a-1] " + NODE_1)).isEqualTo(FilterReply.NEUTRAL);
    assertThat(decide("[Producer clientId=a-1] " + NODE_1)).isEqualTo(FilterReply.DENY);
    now.addAndGet(TimeUnit.SECONDS.toNanos(30) - 1);
    assertThat(decide("[Consumer clientId=b] " + NODE_1)).isEqualTo(FilterReply.DENY);
    now.incrementAndGet();
    assertThat(decide("[Consumer clientId=b] " + NODE_1)).isEqualTo(FilterReply.NEUTRAL);
    assertThat(decide("[Producer clientId=a-1] " + NODE_1)).isEqualTo(FilterReply.DENY);
  }

  @Test
  void doesNotHideOneBrokerBehindAnother() {
    assertThat(decide(NODE_1)).isEqualTo(FilterReply.NEUTRAL);
    assertThat(decide(NODE_2)).isEqualTo(FilterReply.NEUTRAL);
    assertThat(decide(NODE_2)).isEqualTo(FilterReply.DENY);
  }

  @Test
  void leavesOtherMessagesAndLoggersAlone() {
    for (int i = 0; i < 2; i++) {
      assertThat(decide("another thing")).isEqualTo(FilterReply.NEUTRAL);
      assertThat(filter.decide(event("io.gapo.streams.Scorer", NODE_1)))
          .isEqualTo(FilterReply.NEUTRAL);
    }
  }

  @Test
  void saysHowManyItSuppressed() {
    LoggingEvent first = event(KAFKA, NODE_1);
    filter.decide(first);
    assertThat(first.getKeyValuePairs()).isNull();
    decide(NODE_1);
    decide(NODE_1);
    now.addAndGet(TimeUnit.SECONDS.toNanos(30));

    LoggingEvent next = event(KAFKA, NODE_1);

    assertThat(filter.decide(next)).isEqualTo(FilterReply.NEUTRAL);
    assertThat(next.getKeyValuePairs())
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactly(new KeyValuePair("suppressed", 2L));
  }

  private FilterReply decide(String message) {
    return filter.decide(event(KAFKA, message));
  }

  private static LoggingEvent event(String logger, String message) {
    LoggingEvent event = new LoggingEvent();
    event.setLoggerName(logger);
    event.setMessage(message);
    return event;
  }
}
