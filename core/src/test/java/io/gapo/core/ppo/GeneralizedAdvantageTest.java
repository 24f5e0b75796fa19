package io.gapo.core.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GeneralizedAdvantageTest {

  @Test
  void addsUpDiscountedErrorsOfTheValues() {
    GeneralizedAdvantage estimator = new GeneralizedAdvantage(0.5, 0.5);

    GeneralizedAdvantage.Estimate estimate =
        estimator.estimate(new double[] {1, 0, 4}, new double[] {2, 4, 2});

    // δ = (1 + 2 − 2, 0 + 1 − 4, 4 − 2) = (1, −3, 2); A₂ = 2, A₁ = −3 + 2/4, A₀ = 1 − 2.5/4.
    assertThat(estimate.advantages()).containsExactly(0.375, -2.5, 2);
    assertThat(estimate.returns()).containsExactly(2.375, 1.5, 4);
  }

  @Test
  void aSingleTokensAdvantageIsItsRewardAboveItsValue() {
    GeneralizedAdvantage.Estimate estimate =
        new GeneralizedAdvantage(1, 0.95).estimate(new double[] {3}, new double[] {1});

    assertThat(estimate.advantages()).containsExactly(2);
    assertThat(estimate.returns()).containsExactly(3);
  }

  @Cases
  void lambdaOneReturnsTheRewardsToGo(Draw draw) {
    long seed = draw.anyLong();
    int tokens = draw.between(1, 40);
    double[] rewards = gaussian(seed, tokens);
    double[] values = gaussian(seed + 1, tokens);

    double[] returns = new GeneralizedAdvantage(1, 1).estimate(rewards, values).returns();

    double toGo = 0;
    for (int t = tokens - 1; t >= 0; t--) {
      toGo += rewards[t];
      assertThat(returns[t]).isCloseTo(toGo, within(1e-12));
    }
  }

  @Cases
  void lambdaZeroLooksOneTokenAhead(Draw draw) {
    long seed = draw.anyLong();
    int tokens = draw.between(2, 40);
    double discount = draw.between(0.0, 1.0);
    double[] rewards = gaussian(seed, tokens);
    double[] values = gaussian(seed + 1, tokens);

    double[] returns = new GeneralizedAdvantage(discount, 0).estimate(rewards, values).returns();

    for (int t = 0; t < tokens - 1; t++) {
      assertThat(returns[t]).isCloseTo(rewards[t] + discount * values[t + 1], within(1e-12));
    }
    assertThat(returns[tokens - 1]).isCloseTo(rewards[tokens - 1], within(1e-12));
  }

  @Cases
  void valuesThatAreRightLeaveNothingToLearn(Draw draw) {
    long seed = draw.anyLong();
    int tokens = draw.between(1, 40);
    double discount = draw.between(0.0, 1.0);
    double lambda = draw.between(0.0, 1.0);
    double[] rewards = gaussian(seed, tokens);
    double[] values = new double[tokens];
    double next = 0;
    for (int t = tokens - 1; t >= 0; t--) {
      next = rewards[t] + discount * next;
      values[t] = next;
    }

    double[] advantages =
        new GeneralizedAdvantage(discount, lambda).estimate(rewards, values).advantages();

    assertThat(advantages).containsExactly(new double[tokens], within(1e-12));
  }

  @Test
  void rejectsSettingsOutOfRange() {
    assertThatThrownBy(() -> new GeneralizedAdvantage(1.1, 1)).hasMessageContaining("gamma");
    assertThatThrownBy(() -> new GeneralizedAdvantage(1, Double.NaN))
        .hasMessageContaining("lambda must be from 0 to 1, was NaN");
  }

  private static double[] gaussian(long seed, int count) {
    Random random = new Random(seed);
    return random.doubles(count).map(ignored -> random.nextGaussian()).toArray();
  }
}
