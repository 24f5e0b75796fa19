package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CappedMinNormTest {

  private static final int PARAMETERS = 6;

  @Test
  void theShortestGradientHasTheCapAndNotAll() {
    GramMatrix gram = GramMatrix.of(new double[][] {{1, 0.9, 0}, {0.9, 100, 0}, {0, 0, 25}});

    double[] alpha = new CappedMinNorm(0.5).combine(gram).alpha();

    assertThat(alpha[0]).isEqualTo(0.5);
    // The rest is shared out so that both go as far: 0.45 + 100 a = 25 b with a + b = 0.5.
    assertThat(alpha[1]).isCloseTo(12.05 / 125, within(1e-12));
    assertThat(alpha[2]).isCloseTo(0.5 - 12.05 / 125, within(1e-12));
  }

  @Test
  void aZeroGradientHasTheCapAndTheOthersTheRest() {
    GramMatrix gram = GramMatrix.of(new double[][] {{0, 0, 0}, {0, 1, 0}, {0, 0, 1}});

    assertThat(new CappedMinNorm(0.5).combine(gram).alpha())
        .containsExactly(new double[] {0.5, 0.25, 0.25}, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-9, 0.25})
  void aCapThatLeavesNoChoiceGivesTheMean(double cap) {
    GramMatrix gram = RandomGradients.gram(RandomGradients.draw(3, 4, PARAMETERS, 4, 0));

    assertThat(new CappedMinNorm(cap).combine(gram).weights())
        .containsExactly(new double[] {0.25, 0.25, 0.25, 0.25}, within(1e-12));
  }

  @Cases(300)
  void noMixtureWithinTheCapIsShorter(Draw draw) {
    long seed = draw.anyLong();
    int m = draw.between(1, 8);
    double cap = draw.between(1.0 / m, 1.0);
    GramMatrix gram =
        RandomGradients.gram(
            RandomGradients.draw(seed, m, PARAMETERS, draw.between(0.0, 6.0), draw.between(0, 2)));

    Combination found = new CappedMinNorm(cap).combine(gram);

    assertThat(Arrays.stream(found.alpha()).sum()).isCloseTo(1, within(1e-12));
    assertThat(Arrays.stream(found.alpha())).allMatch(share -> share >= 0 && share <= cap + 1e-12);
    assertThat(found.dualityGap()).isLessThan(1e-9);
    double[] free = GradientAdaptive.mgda().combine(gram).alpha();
    if (Arrays.stream(free).allMatch(share -> share <= cap)) {
      assertThat(found.alpha()).isEqualTo(free);
    }
    double length = gram.norm(found.weights());
    SplittableRandom random = new SplittableRandom(seed);
    for (int trial = 0; trial < 50; trial++) {
      double[] other = capped(cap, random.doubles(m).map(u -> -Math.log(1 - u)).toArray());
      assertThat(gram.norm(other)).isGreaterThanOrEqualTo(length * (1 - 1e-9));
    }
  }

  /** Shares in these proportions, what is above the cap shared out among the others. */
  private static double[] capped(double cap, double[] proportions) {
    double[] shares = proportions.clone();
    boolean[] full = new boolean[shares.length];
    while (true) {
      double left = 1;
      double sum = 0;
      for (int i = 0; i < shares.length; i++) {
        left -= full[i] ? cap : 0;
        sum += full[i] ? 0 : proportions[i];
      }
      boolean moved = false;
      for (int i = 0; i < shares.length; i++) {
        shares[i] = full[i] ? cap : proportions[i] / sum * left;
        if (!full[i] && shares[i] > cap) {
          full[i] = true;
          moved = true;
        }
      }
      if (!moved) {
        return shares;
      }
    }
  }

  @Test
  void rejectsACapThatIsNoShare() {
    DoubleStream.of(0, -0.1, 1.1, Double.NaN)
        .forEach(
            cap ->
                assertThatThrownBy(() -> new CappedMinNorm(cap))
                    .hasMessageContaining("cap must be in (0, 1], was " + cap));
  }
}
