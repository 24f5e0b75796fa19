package io.gapo.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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

  private static double of(double[] x, double[] y) {
    return RankCorrelation.of(x, y).orElseThrow();
  }
}
