package io.gapo.core.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WhitenedAdvantageTest {

  @Test
  void hasMeanZeroAndDeviationOneOverAllTokens() {
    double[][] whitened = WhitenedAdvantage.of(new double[][] {{1, 3}, {5, 7}});

    double root = Math.sqrt(5);
    assertThat(whitened[0]).containsExactly(new double[] {-3 / root, -1 / root}, within(1e-15));
    assertThat(whitened[1]).containsExactly(new double[] {1 / root, 3 / root}, within(1e-15));
  }

  @Test
  void advantagesThatAreAllAlikeAreZero() {
    assertThat(WhitenedAdvantage.of(new double[][] {{2, 2}, {2}}))
        .isDeepEqualTo(new double[][] {{0, 0}, {0}});
    assertThat(WhitenedAdvantage.of(new double[0][])).isEmpty();
  }

  @Test
  void whatTheRoundingOfTheMeanLeavesIsNotScaledUp() {
    double[] alike = new double[7];
    Arrays.fill(alike, 1e9 / 3);

    assertThat(WhitenedAdvantage.of(new double[][] {alike})[0]).containsOnly(0);
  }

  @Test
  void smallAdvantagesAreScaledAsLargeOnesAre() {
    double[][] large = WhitenedAdvantage.of(new double[][] {{1, 3}, {5, 7}});
    double[][] small = WhitenedAdvantage.of(new double[][] {{1e-20, 3e-20}, {5e-20, 7e-20}});

    assertThat(small[0]).containsExactly(large[0], within(1e-15));
    assertThat(small[1]).containsExactly(large[1], within(1e-15));
  }

  @Cases
  void neitherScaleNorShiftOfTheScoresMatters(Draw draw) {
    long seed = draw.anyLong();
    SplittableRandom random = new SplittableRandom(seed);
    double[][] advantages = {
      random.doubles(3, -5, 5).toArray(), random.doubles(4, -5, 5).toArray()
    };
    double[][] moved =
        Arrays.stream(advantages)
            .map(row -> Arrays.stream(row).map(a -> 40 * a - 7).toArray())
            .toArray(double[][]::new);

    double[][] whitened = WhitenedAdvantage.of(advantages);
    double[][] whitenedMoved = WhitenedAdvantage.of(moved);

    for (int i = 0; i < whitened.length; i++) {
      assertThat(whitenedMoved[i]).containsExactly(whitened[i], within(1e-9));
    }
  }
}
