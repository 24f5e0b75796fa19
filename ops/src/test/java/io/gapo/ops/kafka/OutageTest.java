package io.gapo.ops.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.ops.kafka.Outage.Notice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutageTest {

  private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");

  private final Outage outage = new Outage();

  @Test
  void isSaidAfterTenSecondsAMinuteAndEveryFiveMinutes() {
    List<Long> said = new ArrayList<>();
    for (long second = 0; second <= 1200; second += 2) {
      failedFor(second).ifPresent(notice -> said.add(notice.lasted().toSeconds()));
    }

    assertThat(said).containsExactly(10L, 60L, 360L, 660L, 960L);
  }

  @Test
  void beginsWhenKafkaWasFirstAskedInVain() {
    assertThat(outage.failed(NOON, NOON.plusSeconds(5))).isEmpty();

    assertThat(outage.failed(NOON.plusSeconds(7), NOON.plusSeconds(12)))
        .contains(new Notice(NOON, Duration.ofSeconds(12)));
  }

  @Test
  void anEndIsSaidWhereTheBeginningWas() {
    failedFor(0);
    failedFor(10);

    assertThat(outage.answered(NOON.plusSeconds(30)))
        .contains(new Notice(NOON, Duration.ofSeconds(30)));
    assertThat(outage.answered(NOON.plusSeconds(32))).isEmpty();
  }

  @Test
  void aShortOneIsNotSaidAndTheNextBeginsAnew() {
    failedFor(0);
    failedFor(8);
    assertThat(outage.answered(NOON.plusSeconds(9))).isEmpty();

    assertThat(failedFor(11)).isEmpty();
    assertThat(failedFor(21)).contains(new Notice(NOON.plusSeconds(11), Duration.ofSeconds(10)));
  }

  private Optional<Notice> failedFor(long seconds) {
    Instant now = NOON.plusSeconds(seconds);
    return outage.failed(now, now);
  }
}
