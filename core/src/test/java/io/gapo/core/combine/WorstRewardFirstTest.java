package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorstRewardFirstTest {

  private static final GramMatrix TWO = GramMatrix.of(new double[][] {{9, -5}, {-5, 16}});

  private final WorstRewardFirst fast = new WorstRewardFirst(0.5);

  @Test
  void equalRewardsKeepEqualWeights() {
    assertThat(fast.combine(step(List.of(), 3, 3)).weights()).containsExactly(0.5, 0.5);
  }

  @Test
  void theLowestRewardGainsWeight() {
    Combination first = fast.combine(step(List.of(), 1, -1));
    Combination second = fast.combine(step(first.memory(), 1, -1));

    double ratio = first.weights()[1] / first.weights()[0];
    assertThat(ratio).isEqualTo(Math.exp(0.5 * 2), within(1e-15));
    assertThat(second.weights()[1] / second.weights()[0])
        .isEqualTo(Math.exp(2 * 0.5 * 2), within(1e-14));
  }

  @Test
  void aWeightThatAllButVanishedComesBackAsSoonAsTheOrderTurns() {
    List<Double> memory = List.of();
    for (int i = 0; i < 1000; i++) {
      memory = fast.combine(step(memory, 1, -1)).memory();
    }
    assertThat(memory).containsExactly(WorstRewardFirst.LEAST, 0.0);

    Combination turned = fast.combine(step(memory, -20, 0));

    assertThat(turned.weights()[0]).isGreaterThan(0.9);
  }

  @Cases
  void weightsAreSharesWhateverTheScores(Draw draw) {
    double a = draw.between(-1e6, 1e6);
    double b = draw.between(-1e6, 1e6);
    double[] weights = fast.combine(step(List.of(), a, b)).weights();

    assertThat(weights[0] + weights[1]).isEqualTo(1, within(1e-12));
    assertThat(weights).satisfies(all -> assertThat(Math.min(all[0], all[1])).isPositive());
    if (a < b) {
      assertThat(weights[0]).isGreaterThanOrEqualTo(weights[1]);
    }
  }

  @Test
  void rejectsWhatDoesNotFit() {
    assertThatThrownBy(() -> new WorstRewardFirst(0)).hasMessageContaining("rate");
    assertThatThrownBy(() -> fast.combine(step(List.of(0.0), 1, 1)))
        .hasMessageContaining("the method was changed");
  }

  private static MeasuredObjectives step(List<Double> memory, double first, double second) {
    return new MeasuredObjectives(TWO, List.of(first, second), 8, memory);
  }
}
