package io.gapo.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
}
