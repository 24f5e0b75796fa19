package io.gapo.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RankCorrelationTest {

  @Test
  void isOneForSeriesThatRiseTogether() {
    assertThat(of(new double[] {0.2, 0.4, 0.6, 0.8}, new double[] {-7, 1, 1.5, 90}))
        .isCloseTo(1, within(1e-12));
    assertThat(of(new double[] {0.2, 0.4, 0.6, 0.8}, new double[] {4, 3, 2, 1}))
        .isCloseTo(-1, within(1e-12));
  }

  @Test
  void isTheClassicFormulaWithoutTies() {
    // 1 − 6 Σd² / (n(n² − 1)) with d = (0, 1, 1, 0): 1 − 12/60.
    assertThat(of(new double[] {1, 2, 3, 4}, new double[] {1, 3, 2, 4}))
        .isCloseTo(0.8, within(1e-12));
  }

  @Test
  void givesTiesTheMeanOfTheirRanks() {
    // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: 4.5 / √(4.5 · 5).
    assertThat(of(new double[] {1, 2, 2, 3}, new double[] {1, 2, 3, 4}))
        .isCloseTo(4.5 / Math.sqrt(22.5), within(1e-12));
  }

  @Test
  void isUnknownWhereNothingVaries() {
    assertThat(RankCorrelation.of(new double[] {1, 2, 3}, new double[] {5, 5, 5})).isEmpty();
    assertThat(RankCorrelation.of(new double[] {1}, new double[] {5})).isEmpty();
    assertThat(RankCorrelation.of(new double[0], new double[0])).isEmpty();
    assertThatThrownBy(() -> RankCorrelation.of(new double[2], new double[3]))
        .hasMessage("a rank correlation needs pairs, got 2 and 3 values");
  }

  @Cases
  void isSymmetricBoundedAndBlindToRisingMaps(Draw draw) {
    long seed = draw.anyLong();
    int size = draw.between(3, 12);
    Random random = new Random(seed);
    double[] x = random.ints(size, 0, 6).asDoubleStream().toArray();
    double[] y = random.ints(size, 0, 6).asDoubleStream().toArray();
    x[0] = 6;
    y[0] = -1;

    double correlation = of(x, y);

    assertThat(correlation).isBetween(-1.0, 1.0);
    assertThat(of(y, x)).isCloseTo(correlation, within(1e-12));
    assertThat(of(Arrays.stream(x).map(Math::exp).toArray(), y))
        .isCloseTo(correlation, within(1e-12));
    assertThat(of(Arrays.stream(x).map(value -> -value).toArray(), y))
        .isCloseTo(-correlation, within(1e-12));
    assertThat(of(x, x)).isCloseTo(1, within(1e-12));
  }

  private static double of(double[] x, double[] y) {
    return RankCorrelation.of(x, y).orElseThrow();
  }
}
