package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ViolationConstraintsTest {

  private static final ViolationConstraints SECOND = constrained("b");

  @Test
  void atTheAllowedShareAMultiplierStaysWhereItStarts() {
    Combination combination = SECOND.combine(step(MethodMemory.NONE, 0.9, 0.1));

    assertThat(combination.weights()).containsExactly(1, 1);
    assertThat(combination.alpha()).containsExactly(0.5, 0.5);
  }

  @Test
  void theMultiplierMovesBeforeTheStepIsWeighedAndIsRemembered() {
    Combination first = SECOND.combine(step(MethodMemory.NONE, 0, 0.5));
    Combination second = SECOND.combine(step(first.memory(), 0, 0));

    assertThat(first.weights()).containsExactly(new double[] {1, 1.2}, within(1e-15));
    assertThat(second.weights()).containsExactly(new double[] {1, 1.15}, within(1e-15));
    assertThat(second.alpha()[1]).isCloseTo(1.15 / 2.15, within(1e-15));
  }

  @Cases
  void aMultiplierIsWithinItsBounds(Draw draw) {
    MethodMemory memory = MethodMemory.NONE;
    for (int step = 0; step < 40; step++) {
      Combination combination = SECOND.combine(step(memory, 0, draw.between(0.0, 1.0)));
      assertThat(combination.weights()[1]).isBetween(0.0, 3.0);
      memory = combination.memory();
    }
  }

  @Test
  void theFreeObjectivesShareOne() {
    MeasuredObjectives step = step(MethodMemory.NONE, 0.1, 0, 0, 0.3);

    assertThat(constrained("d", "a").combine(step).weights())
        .containsExactly(new double[] {1, 0.5, 0.5, 1.1}, within(1e-15));
  }

  @Test
  void aConstraintThatIsLeftOutOfTheStepStillLearns() {
    MeasuredObjectives step = step(MethodMemory.NONE, 0, 0.5);

    Combination combination = SECOND.combine(step.only(List.of(0)));

    assertThat(combination.weights()).containsExactly(1);
    assertThat(combination.memory()).isEqualTo(SECOND.combine(step).memory());
  }

  @Test
  void aMultiplierStaysWithItsConstraintWhenTheOrderIsExchanged() {
    MeasuredObjectives step =
        step(SECOND.combine(step(MethodMemory.NONE, 0, 0.5)).memory(), 0, 0.4);

    Combination combination = SECOND.combine(step);
    Combination exchanged = SECOND.combine(Steps.reversed(step));

    assertThat(exchanged.weights())
        .containsExactly(combination.weights()[1], combination.weights()[0]);
    assertThat(exchanged.memory()).isEqualTo(combination.memory());
  }

  @Test
  void anotherConstraintDoesNotInheritAMultiplier() {
    MethodMemory memory = SECOND.combine(step(MethodMemory.NONE, 0, 0.9)).memory();

    Combination ofTheOther = constrained("a").combine(step(memory, 0.1, 0.1));

    assertThat(ofTheOther.weights()).containsExactly(1, 1);
    assertThat(ofTheOther.memory().numbers()).containsOnlyKeys("a");
  }

  @Test
  void rejectsWhatDoesNotFit() {
    assertThatThrownBy(() -> constrained()).hasMessageContaining("constrained");
    assertThatThrownBy(() -> constrained("b", "b")).hasMessageContaining("[b, b]");
    assertThatThrownBy(() -> new ViolationConstraints(List.of("b"), 0, 3, 0.1))
        .hasMessageContaining("rate must be > 0");
    assertThatThrownBy(() -> new ViolationConstraints(List.of("b"), 1, 0.5, 0.1))
        .hasMessageContaining("largest multiplier must be >= 1");
    assertThatThrownBy(() -> new ViolationConstraints(List.of("b"), 1, 3, 1))
        .hasMessageContaining("allowed share must be in [0, 1)");
    assertThatThrownBy(() -> constrained("c").combine(step(MethodMemory.NONE, 0, 0)))
        .hasMessageContaining("no objective 'c'");
    assertThatThrownBy(() -> SECOND.combine(Steps.of(identity(2))))
        .hasMessageContaining("expected the share of rollouts that b scored below 0");
  }

  @Test
  void doesNotUseWhatIsNotItsMemory() {
    MethodMemory ofFastRl =
        MethodMemory.of("fast-rl", Map.of("a", List.of(0.0), "b", List.of(-1.0)));
    MethodMemory torn =
        MethodMemory.of(ViolationConstraints.METHOD, Map.of("b", List.of(0.1, 2.0)));

    assertThatThrownBy(() -> SECOND.requireUsable(ofFastRl))
        .hasMessageContaining(
            "constrained-grpo cannot use the run's memory, which is that of fast-rl");
    assertThatThrownBy(() -> SECOND.combine(step(torn, 0, 0)))
        .hasMessageContaining("2 numbers are not the memory of a constraint");
  }

  private static ViolationConstraints constrained(String... names) {
    return new ViolationConstraints(List.of(names), 0.5, 3, 0.1);
  }

  private static MeasuredObjectives step(MethodMemory memory, double... violations) {
    int m = violations.length;
    return Steps.of(identity(m), memory, new double[m]).withViolations(Steps.byName(violations));
  }

  private static GramMatrix identity(int m) {
    double[][] rows = new double[m][m];
    for (int i = 0; i < m; i++) {
      rows[i][i] = 1;
    }
    return GramMatrix.of(rows);
  }
}
