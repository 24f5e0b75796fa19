package io.gapo.core.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KlWatchTest {

  @Test
  void holdsBackPastTheBoundOnly() {
    KlWatch watch = new KlWatch(0.5);

    assertThat(watch.holdsBack(-0.1)).isFalse();
    assertThat(watch.holdsBack(0.5)).isFalse();
    assertThat(watch.holdsBack(0.51)).isTrue();
    assertThat(watch.holdsBack(Double.POSITIVE_INFINITY)).isTrue();
  }

  @Test
  void rejectsABoundThatIsNotPositive() {
    assertThatThrownBy(() -> new KlWatch(0)).hasMessageContaining("kl-bound");
    assertThatThrownBy(() -> new KlWatch(Double.NaN)).hasMessageContaining("NaN");
  }
}
