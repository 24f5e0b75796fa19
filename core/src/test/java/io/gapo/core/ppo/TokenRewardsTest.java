package io.gapo.core.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TokenRewardsTest {

  private final TokenRewards rewards = new TokenRewards(0.1, KlEstimator.K1, 50);

  @Test
  void penalizesTheLogRatioAndPaysTheScoreAtTheLastToken() {
    double[] result = rewards.of(3, new double[] {-1, -2, -0.5}, new double[] {-2, -2, -0.25});

    assertThat(result).containsExactly(new double[] {-0.1, 0, 3.025}, within(1e-15));
  }

  @Test
  void aTokenLikelierUnderTheReferenceEarns() {
    double[] result = rewards.of(0, new double[] {-3, -1}, new double[] {-1, -1});

    assertThat(result).containsExactly(new double[] {0.2, 0}, within(1e-15));
  }

  @Test
  void clampsEachTokenAfterTheScoreIsAdded() {
    double[] result = rewards.of(-80, new double[] {1000, 0}, new double[] {0, 400});

    assertThat(result).containsExactly(-50, -40);
  }

  @Test
  void withoutPenaltyOnlyTheScoreIsLeft() {
    double[] result =
        new TokenRewards(0, KlEstimator.K1, 50).of(2, new double[] {-1, -7}, new double[] {-4, -1});

    assertThat(result).containsExactly(new double[] {0, 2}, within(0.0));
  }

  @Test
  void byK3EveryTokenThatStraysPays() {
    double[] result =
        new TokenRewards(0.5, KlEstimator.K3, 50)
            .of(0, new double[] {-1, -3, -2}, new double[] {-2, -1, -2});

    assertThat(result)
        .containsExactly(
            new double[] {-0.5 * (Math.exp(-1) - 1 + 1), -0.5 * (Math.exp(2) - 1 - 2), 0},
            within(1e-15));
  }

  @Test
  void rejectsSequencesThatDoNotBelongTogether() {
    assertThatThrownBy(() -> rewards.of(1, new double[3], new double[2]))
        .hasMessageContaining("expected 3 values, one a token, was 2");
    assertThatThrownBy(() -> rewards.of(1, new double[0], new double[0]))
        .hasMessageContaining("at least one token");
  }

  @Test
  void rejectsSettingsOutOfRange() {
    assertThatThrownBy(() -> new TokenRewards(-0.1, KlEstimator.K1, 50))
        .hasMessageContaining("KL coefficient");
    assertThatThrownBy(() -> new TokenRewards(0.1, KlEstimator.K1, 0))
        .hasMessageContaining("reward clamp");
  }
}
