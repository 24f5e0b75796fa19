package io.gapo.core.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(5));

  @Test
  void doublesThePauseUpToTheLongest() {
    assertThat(backoff.pause(1)).isEqualTo(Duration.ofSeconds(1));
    assertThat(backoff.pause(2)).isEqualTo(Duration.ofSeconds(2));
    assertThat(backoff.pause(3)).isEqualTo(Duration.ofSeconds(4));
    assertThat(backoff.pause(4)).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void needsPausesInOrder() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1)))
        .withMessageContaining("min-backoff must be longer than 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .withMessageContaining("max-backoff must be at least min-backoff (2s), was 1s");
  }

  @Cases
  void staysWithinItsBounds(Draw draw) {
    int failures = draw.between(0, Integer.MAX_VALUE);
    assertThat(backoff.pause(failures)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(5));
  }
}
