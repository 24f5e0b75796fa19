package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LagrangianConstraintsTest {

  private static final LagrangianConstraints PUBLISHED =
      LagrangianConstraints.asPublished(List.of(1));

  @Test
  void atTheThresholdBothObjectivesCountAlike() {
    Combination combination = PUBLISHED.combine(step(2, 64, List.of(), 3, 0));

    assertThat(combination.weights()).containsExactly(0.5, 0.5);
    assertThat(combination.alpha()).containsExactly(0.5, 0.5);
  }

  @Test
  void theMultiplierMovesBeforeTheStepIsWeighed() {
    Combination combination = PUBLISHED.combine(step(2, 64, List.of(), 3, -2));

    // Cost 2: ln λ = 0.1 · 1 · 2.
    double lambda = Math.exp(0.2);
    assertThat(combination.weights())
        .containsExactly(new double[] {1 / (1 + lambda), lambda / (1 + lambda)}, within(1e-15));
    assertThat(combination.memory()).containsExactly(0.2, 64.0, 2.0);
  }

  @Test
  void theMeanCostIsOverTheNewestBatchesThatFillTheWindow() {
    Combination first = PUBLISHED.combine(step(2, 64, List.of(), 0, -1));
    Combination second = PUBLISHED.combine(step(2, 64, first.memory(), 0, -3));
    Combination third = PUBLISHED.combine(step(2, 64, second.memory(), 0, 5));

    double afterFirst = 0.1;
    double afterSecond = afterFirst + 0.1 * Math.exp(afterFirst) * 2;
    double afterThird = afterSecond + 0.1 * Math.exp(afterSecond) * -1;
    assertThat(second.memory().get(0)).isEqualTo(afterSecond, within(1e-15));
    assertThat(third.memory().get(0)).isEqualTo(afterThird, within(1e-15));
    assertThat(third.memory().subList(1, 5)).containsExactly(64.0, 3.0, 64.0, -5.0);
  }

  @Test
  void eachConstraintHasAMultiplierAndTheFreeObjectivesShareOne() {
    LagrangianConstraints two = new LagrangianConstraints(List.of(3, 0), 0.1, 5, 0, 1);
    MeasuredObjectives step =
        new MeasuredObjectives(identity(4), List.of(0.0, 9.0, 9.0, 0.0), 8, List.of());

    assertThat(two.combine(step).weights())
        .containsExactly(new double[] {1 / 3.0, 1 / 6.0, 1 / 6.0, 1 / 3.0}, within(1e-15));
  }

  @Test
  void aloneTheConstraintHasAllTheWeight() {
    LagrangianConstraints alone = LagrangianConstraints.asPublished(List.of(0));
    MeasuredObjectives step = new MeasuredObjectives(identity(1), List.of(7.0), 8, List.of());

    assertThat(alone.combine(step).weights()).containsExactly(1);
  }

  @Cases
  void weightsAreSharesAndTheMultiplierKeepsItsBound(Draw draw) {
    int rollouts = draw.between(1, 300);
    double firstScore = draw.between(-1e3, 1e3);
    double secondScore = draw.between(-1e3, 1e3);
    Combination first = PUBLISHED.combine(step(2, rollouts, List.of(), 1, firstScore));
    Combination second = PUBLISHED.combine(step(2, rollouts, first.memory(), 1, secondScore));

    assertThat(second.weights()[0] + second.weights()[1]).isEqualTo(1, within(1e-12));
    assertThat(second.weights()[1]).isBetween(0.0, 5 / 6.0 + 1e-12);
    assertThat(second.weights()[0]).isPositive();
  }

  @Cases
  void doesNotLookAtTheGradients(Draw draw) {
    long seed = draw.anyLong();
    GramMatrix gram = RandomGradients.gram(RandomGradients.draw(seed, 2, 8, 3, 0));
    List<Double> scores = List.of(1.0, -0.5);

    assertThat(PUBLISHED.combine(new MeasuredObjectives(gram, scores, 8, List.of())))
        .isEqualTo(PUBLISHED.combine(new MeasuredObjectives(identity(2), scores, 8, List.of())));
  }

  @Test
  void rejectsWhatDoesNotFit() {
    assertThatThrownBy(() -> LagrangianConstraints.asPublished(List.of()))
        .hasMessageContaining("constrained");
    assertThatThrownBy(() -> LagrangianConstraints.asPublished(List.of(1, 1)))
        .hasMessageContaining("[1, 1]");
    assertThatThrownBy(() -> PUBLISHED.combine(step(1, 8, List.of(), 1)))
        .hasMessageContaining("no objective 1");
    assertThatThrownBy(() -> PUBLISHED.combine(step(2, 8, List.of(0.0, 1.0), 1, 1)))
        .hasMessageContaining("the method was changed");
  }

  private static MeasuredObjectives step(
      int objectives, int rollouts, List<Double> memory, double... scores) {
    return new MeasuredObjectives(
        identity(objectives), Arrays.stream(scores).boxed().toList(), rollouts, memory);
  }

  private static GramMatrix identity(int objectives) {
    double[][] rows = new double[objectives][objectives];
    for (int i = 0; i < objectives; i++) {
      rows[i][i] = 1;
    }
    return GramMatrix.of(rows);
  }
}
