package io.gapo.core.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class KlTargetTest {

  private final KlTarget target = new KlTarget(0.02, 0.1, 640);

  @Test
  void movesTheCoefficientInProportionToTheErrorAndTheRollouts() {
    assertThat(target.after(0.02, 0.1, 64)).isEqualTo(0.02);
    assertThat(target.after(0.02, 0.11, 64)).isCloseTo(0.02 * 1.01, within(1e-15));
    assertThat(target.after(0.02, 0.09, 64)).isCloseTo(0.02 * 0.99, within(1e-15));
    assertThat(target.after(0.02, 0.11, 32)).isCloseTo(0.02 * 1.005, within(1e-15));
  }

  @Test
  void aSingleBatchMovesItByAFifthAtMost() {
    assertThat(target.after(1, 100, 640)).isEqualTo(1.2);
    assertThat(target.after(1, -5, 640)).isEqualTo(0.8);
    assertThat(target.after(1, 100, 10_000)).isEqualTo(1.2);
  }

  @Test
  void whereTheCoefficientIsNotKnownItBeginsAnew() {
    assertThat(target.after(Double.NaN, 100, 64)).isEqualTo(0.02);
  }

  @Test
  void namesTheSettingThatItRejects() {
    assertThatThrownBy(() -> new KlTarget(0, 0.1, 1)).hasMessageStartingWith("kl-coefficient");
    assertThatThrownBy(() -> new KlTarget(1, 0, 1)).hasMessageStartingWith("kl-target.value");
    assertThatThrownBy(() -> new KlTarget(1, 1, 0)).hasMessageStartingWith("kl-target.horizon");
  }
}
