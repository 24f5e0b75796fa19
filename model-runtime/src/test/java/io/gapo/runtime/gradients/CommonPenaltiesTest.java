package io.gapo.runtime.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.ppo.KlEstimator;
import org.junit.jupiter.api.Test;

class CommonPenaltiesTest {

  @Test
  void thePenaltyOutsideIsAsStrongAsTheObjectivesTogether() {
    assertThat(penalties(KlPlacement.OUTSIDE, KlEstimator.K1, 0))
        .isEqualTo(new CommonPenalties(0.25 * 0.5 * 4, 0, 3 * 4));
    assertThat(penalties(KlPlacement.OUTSIDE, KlEstimator.K3, 0))
        .isEqualTo(new CommonPenalties(0, 0.25 * 0.5 * 4, 3 * 4));
    assertThat(penalties(KlPlacement.INSIDE, KlEstimator.K3, 0))
        .isEqualTo(new CommonPenalties(0, 0, 3 * 4));
  }

  @Test
  void whatPullsThePolicyBackFollowsTheDivergenceThatIsWatched() {
    assertThat(penalties(KlPlacement.INSIDE, KlEstimator.K3, 1).k1()).isEqualTo(0.25);
    assertThat(penalties(KlPlacement.OUTSIDE, KlEstimator.K3, 1).k1()).isEqualTo(0.25);
    assertThat(penalties(KlPlacement.OUTSIDE, KlEstimator.K1, 1).k1())
        .isEqualTo(0.25 * (1 + 0.5 * 4));
  }

  private static CommonPenalties penalties(
      KlPlacement placement, KlEstimator estimator, double pullBack) {
    return CommonPenalties.of(new KlPenalty(0.5, placement, estimator), pullBack, 4, 0.25, 3);
  }
}
