package io.gapo.core.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConflictFilteringTest {

  private static final double[] EVEN = {0.5, 0.5};

  @Test
  void aResponseWithMixedSignsIsLeftOutAndItsGroupCountsLess() {
    // Of the first prompt two responses are better by one objective and worse by the other.
    double[][] scores = {{3, 1, 2, 0, 0, 1}, {3, 2, 1, 0, 0, 1}};
    GroupedScores grouped =
        new GroupedScores(scores, scores, List.of(List.of(0, 1, 2, 3), List.of(4, 5)));

    double[] advantages = new ConflictFiltering(1).combine(grouped, EVEN);

    assertThat(advantages[1]).isZero();
    assertThat(advantages[2]).isZero();
    // z is 1.5/1.291 times a half of the group, and 0.7071.
    double first = 1.5 / Math.sqrt(5 / 3.0) / 2;
    double second = Math.sqrt(0.5);
    double deviation = Math.sqrt(2 * (first * first + second * second) / 3);
    assertThat(advantages)
        .containsExactly(
            new double[] {
              first / deviation, 0, 0, -first / deviation, -second / deviation, second / deviation
            },
            within(1e-12));
  }

  @Test
  void aFilterBySignalToNoiseKeepsAClearMajority() {
    double[][] scores = {{0, 0, 3, 3}, {0, 1, 2, 3}, {1, 0, 1, 0}};
    GroupedScores grouped = new GroupedScores(scores, scores, List.of(List.of(0, 1, 2, 3)));
    double[] weights = {1, 1, 0.1};

    assertThat(new ConflictFiltering(1).combine(grouped, weights)[0]).isZero();
    assertThat(new ConflictFiltering(0.5).combine(grouped, weights)[0]).isNegative();
  }

  @Test
  void whereAllResponsesConflictThereIsNoAdvantage() {
    double[][] scores = {{0, 1}, {1, 0}};

    assertThat(
            new ConflictFiltering(1)
                .combine(new GroupedScores(scores, scores, List.of(List.of(0, 1))), EVEN))
        .containsExactly(0, 0);
  }

  @Cases
  void withoutAnAgreementToAskForItIsGdpo(Draw draw) {
    GroupedScores scores = DrawnScores.of(draw);
    double[] weights = DrawnScores.weights(draw, scores);

    assertThat(new ConflictFiltering(0).combine(scores, weights))
        .containsExactly(new DecoupledNormalisation(true).combine(scores, weights), within(1e-12));
  }

  @Cases
  void theHardFilterLeavesOutEveryResponseWithMixedSigns(Draw draw) {
    GroupedScores scores = DrawnScores.of(draw);
    double[] weights = DrawnScores.weights(draw, scores);

    double[] advantages = new ConflictFiltering(1).combine(scores, weights);

    for (int i = 0; i < advantages.length; i++) {
      assertThat(advantages[i]).isFinite();
      if (isMixed(scores, weights, i)) {
        assertThat(advantages[i]).isZero();
      }
    }
  }

  private static boolean isMixed(GroupedScores scores, double[] weights, int response) {
    boolean up = false;
    boolean down = false;
    for (int k = 0; k < weights.length; k++) {
      double advantage = weights[k] * scores.normalisedInGroups(scores.rewards()[k])[response];
      up |= advantage > 1e-8;
      down |= advantage < -1e-8;
    }
    return up && down;
  }

  @Test
  void rejectsAnAgreementThatIsNoShare() {
    assertThatThrownBy(() -> new ConflictFiltering(1.5))
        .hasMessageContaining("agreement must be in [0, 1], was 1.5");
  }
}
