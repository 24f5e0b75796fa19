package io.gapo.core.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecoupledNormalisationTest {

  private static final DecoupledNormalisation GDPO = new DecoupledNormalisation(true);
  private static final DecoupledNormalisation MO_GRPO = new DecoupledNormalisation(false);
  private static final List<List<Integer>> TWO_PROMPTS = List.of(List.of(0, 1), List.of(2, 3));

  @Test
  void eachObjectiveCountsInItsGroupsDeviations() {
    GroupedScores scores = scores(new double[][] {{0, 10, 7, 7}, {5, 4, 0, 100}});

    double z = Math.sqrt(0.5);
    assertThat(MO_GRPO.combine(scores, new double[] {2, 1}))
        .containsExactly(new double[] {-2 * z + z, 2 * z - z, -z, z}, within(1e-15));
  }

  @Cases
  void anObjectivesScaleAndOffsetDoNotMatter(Draw draw) {
    GroupedScores scores = DrawnScores.of(draw);
    double[] weights = DrawnScores.weights(draw, scores);
    double[][] rewards = scores.rewards().clone();
    double scale = draw.between(0.01, 100.0);
    double offset = draw.between(-10.0, 10.0);
    rewards[0] = Arrays.stream(rewards[0]).map(score -> scale * score + offset).toArray();
    GroupedScores scaled = DrawnScores.rewarded(scores, rewards);

    for (DecoupledNormalisation method : List.of(GDPO, MO_GRPO)) {
      assertThat(method.combine(scaled, weights))
          .containsExactly(method.combine(scores, weights), within(1e-6));
    }
  }

  @Cases
  void gdposAdvantagesHaveMeanZeroAndDeviationOneOrAreAllZero(Draw draw) {
    GroupedScores scores = DrawnScores.of(draw);

    double[] advantages = GDPO.combine(scores, DrawnScores.weights(draw, scores));

    double square = Arrays.stream(advantages).map(a -> a * a).sum();
    assertThat(Arrays.stream(advantages).sum()).isCloseTo(0, within(1e-9));
    assertThat(square == 0 || Math.abs(square - (advantages.length - 1)) < 1e-9).isTrue();
  }

  @Test
  void scoresThatAreAllAlikeGiveZeroToTheLastBit() {
    GroupedScores alike =
        scores(new double[][] {{0.1, 0.1, 0.1, 0.1}, {1e9, 1e9, 1e9, 1e9 + 1e-7}});

    assertThat(GDPO.combine(alike, new double[] {1, 1})).containsExactly(0, 0, 0, 0);
    assertThat(MO_GRPO.combine(alike, new double[] {1, 1})).containsExactly(0, 0, 0, 0);
  }

  @Test
  void weightsOfZeroGiveNoAdvantage() {
    GroupedScores scores = scores(new double[][] {{0, 10, 7, 8}, {5, 4, 0, 100}});

    assertThat(GDPO.combine(scores, new double[2])).containsOnly(0);
  }

  @Test
  void aResponseWithoutOthersHasNoAdvantage() {
    double[][] one = {{3}};

    assertThat(GDPO.combine(new GroupedScores(one, one, List.of(List.of(0))), new double[] {1}))
        .containsExactly(0);
  }

  @Test
  void refusesRowsThatAreNotAllResponses() {
    double[][] three = {{1, 2, 3}};

    assertThatThrownBy(() -> new GroupedScores(three, three, TWO_PROMPTS))
        .hasMessageContaining("expected 4 numbers for each of 1 objectives");
  }

  private static GroupedScores scores(double[][] scores) {
    return new GroupedScores(scores, scores, TWO_PROMPTS);
  }
}
