package io.gapo.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SeedEstimateTest {

  @Test
  void dividesTheSampleDeviationByTheRootOfTheSeeds() {
    SeedEstimate estimate = SeedEstimate.of(1, 2, 6);

    assertThat(estimate.seeds()).isEqualTo(3);
    assertThat(estimate.mean()).isEqualTo(3);
    assertThat(estimate.standardError().orElseThrow()).isCloseTo(Math.sqrt(7.0 / 3), within(1e-12));
  }

  @Test
  void hasNoErrorForOneSeed() {
    assertThat(SeedEstimate.of(5).mean()).isEqualTo(5);
    assertThat(SeedEstimate.of(5).standardError()).isEmpty();
    assertThat(SeedEstimate.of(5, 5).standardError()).hasValue(0);
    assertThatThrownBy(SeedEstimate::of).hasMessage("an estimate needs at least one seed");
  }

  @Cases
  void fourTimesTheSameSeedsHalveTheErrorButForTheSamplesCorrection(Draw draw) {
    long seed = draw.anyLong();
    int n = draw.between(2, 8);
    double[] values = new Random(seed).doubles(n, -3, 3).toArray();
    double[] repeated = new double[4 * n];
    Arrays.setAll(repeated, i -> values[i % n]);

    double error = SeedEstimate.of(values).standardError().orElseThrow();

    assertThat(SeedEstimate.of(repeated).mean())
        .isCloseTo(SeedEstimate.of(values).mean(), within(1e-12));
    assertThat(SeedEstimate.of(repeated).standardError().orElseThrow())
        .isCloseTo(error * Math.sqrt((n - 1.0) / (4 * n - 1)), within(1e-12));
  }
}
