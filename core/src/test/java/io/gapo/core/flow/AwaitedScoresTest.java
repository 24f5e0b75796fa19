package io.gapo.core.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.flow.AwaitedScores.Change;
import io.gapo.core.flow.AwaitedScores.Wait;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AwaitedScoresTest {

  private static final Duration LIMIT = Duration.ofNanos(10);

  private final AwaitedScores awaited = new AwaitedScores();

  @Test
  void namesTheOneThatHasWaitedLongest() {
    awaited.arrived("late", 5);
    awaited.arrived("early", 2);

    assertThat(awaited.look("tone", List.of("late", "early"), LIMIT, 9))
        .isEqualTo(new Wait(2, Optional.of("early"), Duration.ofNanos(7), Optional.empty()));
  }

  @Test
  void countsFromTheFirstArrival() {
    awaited.arrived("p", 1);
    awaited.arrived("p", 8);

    assertThat(awaited.look("tone", List.of("p"), LIMIT, 9).longest())
        .isEqualTo(Duration.ofNanos(8));
  }

  @Test
  void saysOnceThatAWaitIsTooLongAndOnceThatNoneIs() {
    awaited.arrived("p", 0);

    assertThat(awaited.look("tone", List.of("p"), LIMIT, 10).change()).isEmpty();
    assertThat(awaited.look("tone", List.of("p"), LIMIT, 11).change()).contains(Change.BEGAN);
    assertThat(awaited.look("tone", List.of("p"), LIMIT, 12).change()).isEmpty();
    assertThat(awaited.look("tone", List.of(), LIMIT, 13).change()).contains(Change.ENDED);
    assertThat(awaited.look("tone", List.of(), LIMIT, 14))
        .isEqualTo(new Wait(0, Optional.empty(), Duration.ZERO, Optional.empty()));
  }

  @Test
  void looksAtEveryObjectiveOfItsOwn() {
    awaited.arrived("p", 0);
    awaited.look("tone", List.of("p"), LIMIT, 11);

    assertThat(awaited.look("format", List.of("p"), LIMIT, 12).change()).contains(Change.BEGAN);
  }

  @Test
  void forgetsWhatIsSettled() {
    awaited.arrived("p", 0);
    awaited.settled("p");

    assertThat(awaited.look("tone", List.of("p"), LIMIT, 100).longest()).isZero();
  }
}
