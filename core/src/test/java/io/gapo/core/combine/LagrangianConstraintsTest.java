package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LagrangianConstraintsTest {

  private static final LagrangianConstraints PUBLISHED = asPublished(List.of("b"));

  @Test
  void atTheThresholdBothObjectivesCountAlike() {
    Combination combination = PUBLISHED.combine(step(2, 64, MethodMemory.NONE, 3, 0));

    assertThat(combination.weights()).containsExactly(0.5, 0.5);
    assertThat(combination.alpha()).containsExactly(0.5, 0.5);
  }

  @Test
  void theMultiplierMovesBeforeTheStepIsWeighed() {
    Combination combination = PUBLISHED.combine(step(2, 64, MethodMemory.NONE, 3, -2));

    // Cost 2: ln λ = 0.1 · 1 · 2.
    double lambda = Math.exp(0.2);
    assertThat(combination.weights())
        .containsExactly(new double[] {1 / (1 + lambda), lambda / (1 + lambda)}, within(1e-15));
    assertThat(numbers(combination)).containsExactly(0.2, 64.0, 2.0);
  }

  @Test
  void theMeanCostIsOverTheNewestBatchesThatFillTheWindow() {
    Combination first = PUBLISHED.combine(step(2, 64, MethodMemory.NONE, 0, -1));
    Combination second = PUBLISHED.combine(step(2, 64, first.memory(), 0, -3));
    Combination third = PUBLISHED.combine(step(2, 64, second.memory(), 0, 5));

    double afterFirst = 0.1;
    double afterSecond = afterFirst + 0.1 * Math.exp(afterFirst) * 2;
    double afterThird = afterSecond + 0.1 * Math.exp(afterSecond) * -1;
    assertThat(numbers(second).get(0)).isEqualTo(afterSecond, within(1e-15));
    assertThat(numbers(third).get(0)).isEqualTo(afterThird, within(1e-15));
    assertThat(numbers(third).subList(1, 5)).containsExactly(64.0, 3.0, 64.0, -5.0);
  }

  @Test
  void eachConstraintHasAMultiplierAndTheFreeObjectivesShareOne() {
    LagrangianConstraints two = new LagrangianConstraints(List.of("d", "a"), 0.1, 5, 0, 1);
    MeasuredObjectives step = step(4, 8, MethodMemory.NONE, 0, 9, 9, 0);

    assertThat(two.combine(step).weights())
        .containsExactly(new double[] {1 / 3.0, 1 / 6.0, 1 / 6.0, 1 / 3.0}, within(1e-15));
  }

  @Test
  void aloneTheConstraintHasAllTheWeight() {
    LagrangianConstraints alone = asPublished(List.of("a"));
    MeasuredObjectives step = step(1, 8, MethodMemory.NONE, 7);

    assertThat(alone.combine(step).weights()).containsExactly(1);
  }

  @Cases
  void weightsAreSharesAndTheMultiplierKeepsItsBound(Draw draw) {
    int rollouts = draw.between(1, 300);
    double firstScore = draw.between(-1e3, 1e3);
    double secondScore = draw.between(-1e3, 1e3);
    Combination first = PUBLISHED.combine(step(2, rollouts, MethodMemory.NONE, 1, firstScore));
    Combination second = PUBLISHED.combine(step(2, rollouts, first.memory(), 1, secondScore));

    assertThat(second.weights()[0] + second.weights()[1]).isEqualTo(1, within(1e-12));
    assertThat(second.weights()[1]).isBetween(0.0, 5 / 6.0 + 1e-12);
    assertThat(second.weights()[0]).isPositive();
  }

  @Cases
  void doesNotLookAtTheGradients(Draw draw) {
    long seed = draw.anyLong();
    GramMatrix gram = RandomGradients.gram(RandomGradients.draw(seed, 2, 8, 3, 0));
    assertThat(PUBLISHED.combine(Steps.of(gram, MethodMemory.NONE, 1, -0.5)))
        .isEqualTo(PUBLISHED.combine(Steps.of(identity(2), MethodMemory.NONE, 1, -0.5)));
  }

  @Test
  void aMultiplierStaysWithItsConstraintWhenTheOrderIsExchanged() {
    MethodMemory memory = PUBLISHED.combine(step(2, 64, MethodMemory.NONE, 0, -2)).memory();
    MeasuredObjectives same = step(2, 64, memory, 0, -2);

    Combination combination = PUBLISHED.combine(same);
    Combination exchanged = PUBLISHED.combine(Steps.reversed(same));

    assertThat(exchanged.weights())
        .containsExactly(combination.weights()[1], combination.weights()[0]);
    assertThat(exchanged.memory()).isEqualTo(combination.memory());
  }

  @Test
  void anotherConstraintDoesNotInheritAMultiplier() {
    MethodMemory memory = PUBLISHED.combine(step(2, 64, MethodMemory.NONE, 0, -2)).memory();
    LagrangianConstraints ofTheOther = asPublished(List.of("a"));
    LagrangianConstraints ofBoth = asPublished(List.of("a", "b"));

    Combination first = ofTheOther.combine(step(2, 64, memory, 0, -2));
    Combination both = ofBoth.combine(step(2, 64, memory, 0, -2));

    assertThat(first.weights()).containsExactly(0.5, 0.5);
    assertThat(first.memory().numbers()).containsOnlyKeys("a");
    assertThat(both.memory().numbers().get("b"))
        .isEqualTo(numbers(PUBLISHED.combine(step(2, 64, memory, 0, -2))));
    assertThat(both.memory().numbers().get("a")).containsExactly(0.0, 64.0, -0.0);
  }

  @Test
  void rejectsWhatDoesNotFit() {
    assertThatThrownBy(() -> asPublished(List.of())).hasMessageContaining("constrained");
    assertThatThrownBy(() -> asPublished(List.of("b", "b"))).hasMessageContaining("[b, b]");
    assertThatThrownBy(() -> PUBLISHED.combine(step(1, 8, MethodMemory.NONE, 1)))
        .hasMessageContaining("no objective 'b'");
  }

  @Test
  void doesNotUseWhatIsNotItsMemory() {
    MethodMemory ofFastRl =
        MethodMemory.of("fast-rl", Map.of("a", List.of(0.0), "b", List.of(-1.0)));
    MethodMemory unnamed = MethodMemory.unnamed(List.of(0.2, 64.0, 2.0));
    MethodMemory torn =
        MethodMemory.of(LagrangianConstraints.METHOD, Map.of("b", List.of(0.1, 2.0)));

    assertThatThrownBy(() -> PUBLISHED.combine(step(2, 8, ofFastRl, 1, 1)))
        .hasMessageContaining("safe-rlhf cannot use the run's memory, which is that of fast-rl");
    assertThatThrownBy(() -> PUBLISHED.requireUsable(unnamed))
        .hasMessageContaining("does not say which objective its numbers are of");
    assertThatThrownBy(() -> PUBLISHED.combine(step(2, 8, torn, 1, 1)))
        .hasMessageContaining("2 numbers are not the memory of a constraint");
  }

  private static LagrangianConstraints asPublished(List<String> constrained) {
    return new LagrangianConstraints(constrained, 0.1, 5, 0, 128);
  }

  private static List<Double> numbers(Combination combination) {
    return combination.memory().numbers().getOrDefault("b", List.of());
  }

  private static MeasuredObjectives step(
      int objectives, int rollouts, MethodMemory memory, double... scores) {
    return MeasuredObjectives.ofAll(
        Steps.names(objectives),
        identity(objectives),
        Arrays.stream(scores).boxed().toList(),
        rollouts,
        memory);
  }

  private static GramMatrix identity(int objectives) {
    double[][] rows = new double[objectives][objectives];
    for (int i = 0; i < objectives; i++) {
      rows[i][i] = 1;
    }
    return GramMatrix.of(rows);
  }
}
