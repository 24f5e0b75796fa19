package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SingleObjectiveTest {

  private static final MeasuredObjectives TWO =
      Steps.of(GramMatrix.of(new double[][] {{9, -5}, {-5, 16}}));

  @Test
  void followsItsOwnRawGradient() {
    double[] second = {0, 1};

    assertThat(new SingleObjective("b").combine(TWO)).isEqualTo(new Combination(second, second, 0));
  }

  @Test
  void findsItsGradientByName() {
    assertThat(new SingleObjective("b").combine(Steps.reversed(TWO)).weights())
        .containsExactly(1, 0);
  }

  @Test
  void rejectsAnObjectiveThatTheRunDoesNotHave() {
    assertThatThrownBy(() -> new SingleObjective("c").combine(TWO))
        .hasMessage("there is no objective 'c': the run has [a, b]");
  }
}
