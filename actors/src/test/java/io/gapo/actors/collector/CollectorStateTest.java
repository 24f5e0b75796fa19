package io.gapo.actors.collector;

import static io.gapo.actors.collector.CollectorState.AWAITING_DIRECTION;
import static io.gapo.actors.collector.CollectorState.AWAITING_MODEL;
import static io.gapo.actors.collector.CollectorState.AWAITING_REFUSALS;
import static io.gapo.actors.collector.CollectorState.AWAITING_VERSION;
import static io.gapo.actors.collector.CollectorState.CATCHING_UP;
import static io.gapo.actors.collector.CollectorState.GATHERING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CollectorStateTest {

  private static final Set<CollectorState> BETWEEN_STEPS =
      EnumSet.of(CATCHING_UP, AWAITING_MODEL, GATHERING);

  @ParameterizedTest
  @EnumSource
  void leadsBackToTheNextAttempt(CollectorState state) {
    for (CollectorState next : BETWEEN_STEPS) {
      assertThat(state.to(next)).isEqualTo(next);
    }
  }

  @ParameterizedTest
  @EnumSource
  void measuresABatchOnlyAfterGatheringIt(CollectorState state) {
    assertFollows(state, AWAITING_DIRECTION, EnumSet.of(GATHERING));
  }

  @ParameterizedTest
  @EnumSource
  void sendsAPartOnlyInADecidedDirection(CollectorState state) {
    assertFollows(state, AWAITING_VERSION, EnumSet.of(AWAITING_DIRECTION, AWAITING_VERSION));
  }

  @ParameterizedTest
  @EnumSource
  void awaitsRefusalsOnlyOfAStep(CollectorState state) {
    assertFollows(state, AWAITING_REFUSALS, EnumSet.of(AWAITING_DIRECTION, AWAITING_VERSION));
  }

  @Test
  void namesTheMessageThatCannotCome() {
    assertThat(GATHERING.unexpected("the model"))
        .hasMessage("a gradient collector that is GATHERING was told String; this is a bug");
  }

  private static void assertFollows(
      CollectorState state, CollectorState next, Set<CollectorState> allowed) {
    if (allowed.contains(state)) {
      assertThat(state.to(next)).isEqualTo(next);
    } else {
      assertThatThrownBy(() -> state.to(next))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll(state.name(), next.name());
    }
  }
}
