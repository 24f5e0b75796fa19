package io.gapo.core.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConstraintIndicatorsTest {

  private static final ConstraintIndicators SECOND = new ConstraintIndicators(Set.of(1));
  private static final List<List<Integer>> ONE_PROMPT = List.of(List.of(0, 1, 2, 3));

  @Test
  void ofAConstraintOnlyCountsWhetherItIsMet() {
    double[][] scores = {{0, 0, 0, 0}, {-0.1, -90, 0, 7}};
    GroupedScores grouped = new GroupedScores(scores, scores, ONE_PROMPT);

    // Two of four: the indicator's sample deviation is the root of a third.
    double z = 0.5 * Math.sqrt(3);
    assertThat(SECOND.combine(grouped, new double[] {1, 2}))
        .containsExactly(new double[] {-2 * z, -2 * z, 2 * z, 2 * z}, within(1e-12));
  }

  @Test
  void whereAllResponsesMeetItItSaysNothing() {
    double[][] scores = {{1, 2, 3, 4}, {0, 1, 2, 9}};
    GroupedScores grouped = new GroupedScores(scores, scores, ONE_PROMPT);

    assertThat(SECOND.combine(grouped, new double[] {1, 5}))
        .isEqualTo(SECOND.combine(grouped, new double[] {1, 0}));
  }

  @Test
  void theThresholdIsOfTheScoreAndNotOfTheReward() {
    double[][] scores = {{0, 0, 0, 0}, {-1, -1, 1, 1}};
    double[][] rewards = {{0, 0, 0, 0}, {9, 9, 11, 11}};

    assertThat(SECOND.combine(new GroupedScores(scores, rewards, ONE_PROMPT), new double[] {1, 1}))
        .isEqualTo(
            SECOND.combine(new GroupedScores(scores, scores, ONE_PROMPT), new double[] {1, 1}));
  }
}
