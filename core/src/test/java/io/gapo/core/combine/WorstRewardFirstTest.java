package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorstRewardFirstTest {

  private static final GramMatrix TWO = GramMatrix.of(new double[][] {{9, -5}, {-5, 16}});

  private final WorstRewardFirst fast = new WorstRewardFirst(0.5);

  @Test
  void equalRewardsKeepEqualWeights() {
    assertThat(fast.combine(step(MethodMemory.NONE, 3, 3)).weights()).containsExactly(0.5, 0.5);
  }

  @Test
  void theLowestRewardGainsWeight() {
    Combination first = fast.combine(step(MethodMemory.NONE, 1, -1));
    Combination second = fast.combine(step(first.memory(), 1, -1));

    double ratio = first.weights()[1] / first.weights()[0];
    assertThat(ratio).isEqualTo(Math.exp(0.5 * 2), within(1e-15));
    assertThat(second.weights()[1] / second.weights()[0])
        .isEqualTo(Math.exp(2 * 0.5 * 2), within(1e-14));
  }

  @Test
  void aWeightThatAllButVanishedComesBackAsSoonAsTheOrderTurns() {
    MethodMemory memory = MethodMemory.NONE;
    for (int i = 0; i < 1000; i++) {
      memory = fast.combine(step(memory, 1, -1)).memory();
    }
    assertThat(memory)
        .isEqualTo(remembered(Map.of("a", List.of(WorstRewardFirst.LEAST), "b", List.of(0.0))));

    Combination turned = fast.combine(step(memory, -20, 0));

    assertThat(turned.weights()[0]).isGreaterThan(0.9);
  }

  @Cases
  void weightsAreSharesWhateverTheScores(Draw draw) {
    double a = draw.between(-1e6, 1e6);
    double b = draw.between(-1e6, 1e6);
    double[] weights = fast.combine(step(MethodMemory.NONE, a, b)).weights();

    assertThat(weights[0] + weights[1]).isEqualTo(1, within(1e-12));
    assertThat(weights).satisfies(all -> assertThat(Math.min(all[0], all[1])).isPositive());
    if (a < b) {
      assertThat(weights[0]).isGreaterThanOrEqualTo(weights[1]);
    }
  }

  @Test
  void aWeightStaysWithItsObjectiveWhenTheOrderIsExchanged() {
    MethodMemory memory = fast.combine(step(MethodMemory.NONE, 1, -1)).memory();
    MeasuredObjectives same = step(memory, 0, 0);

    double[] weights = fast.combine(same).weights();
    Combination exchanged = fast.combine(Steps.reversed(same));

    assertThat(exchanged.weights()).containsExactly(weights[1], weights[0]);
    assertThat(weights[1]).isGreaterThan(0.7);
    assertThat(exchanged.memory()).isEqualTo(fast.combine(same).memory());
  }

  @Test
  void doesNotUseWhatIsNotItsMemory() {
    MethodMemory ofAnother =
        MethodMemory.of("safe-rlhf", Map.of("a", List.of(0.1), "b", List.of(2.0)));
    MethodMemory unnamed = MethodMemory.unnamed(List.of(-0.5, 0.0));
    MethodMemory ofOthers = remembered(Map.of("a", List.of(0.0), "z", List.of(0.0)));

    assertThatThrownBy(() -> fast.combine(step(ofAnother, 1, 1)))
        .hasMessageContainingAll(
            "fast-rl cannot use", "that of safe-rlhf", "gapo.combination.method");
    assertThatThrownBy(() -> fast.requireUsable(ofAnother)).hasMessageContaining("safe-rlhf");
    assertThatThrownBy(() -> fast.combine(step(unnamed, 1, 1)))
        .hasMessageContaining("does not say which objective its numbers are of");
    assertThatThrownBy(() -> fast.combine(step(ofOthers, 1, 1)))
        .hasMessageContaining("is of the objectives [a, z], the run has [a, b]");
  }

  @Test
  void rejectsARateThatIsNone() {
    assertThatThrownBy(() -> new WorstRewardFirst(0)).hasMessageContaining("rate");
  }

  private static MethodMemory remembered(Map<String, List<Double>> numbers) {
    return MethodMemory.of(WorstRewardFirst.METHOD, numbers);
  }

  private static MeasuredObjectives step(MethodMemory memory, double first, double second) {
    return Steps.of(TWO, memory, first, second);
  }
}
