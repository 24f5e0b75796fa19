package io.gapo.core.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class BoundsTest {

  @Test
  void namesTheSettingAndSaysWhatIsExpectedAndWhatCame() {
    assertThatThrownBy(() -> Bounds.atLeast("slots", 0, 1))
        .isInstanceOfSatisfying(
            InvalidSettingException.class,
            refusal -> {
              assertThat(refusal.setting()).isEqualTo("slots");
              assertThat(refusal.problem()).isEqualTo("must be >= 1, was 0");
            })
        .hasMessage("slots must be >= 1, was 0");
  }

  @Test
  void takesWhatLiesOnABoundThatBelongsToTheRange() {
    Bounds.atLeast("a", 1, 1);
    Bounds.atLeast("a", 0.5, 0.5);
    Bounds.notNegative("a", 0);
    Bounds.fraction("a", 0);
    Bounds.fraction("a", 1);
    Bounds.fractionBelowOne("a", 0);
    Bounds.positive("a", Double.MIN_VALUE);
    Bounds.positive("a", Duration.ofNanos(1));
  }

  @Test
  void refusesWhatLiesOnABoundThatDoesNot() {
    assertRefused(() -> Bounds.positive("a", 0));
    assertRefused(() -> Bounds.positive("a", Duration.ZERO));
    assertRefused(() -> Bounds.fractionBelowOne("a", 1));
    assertRefused(() -> Bounds.properFraction("a", 0));
    assertRefused(() -> Bounds.properFraction("a", 1));
  }

  @Test
  void refusesWhatIsNoNumberAndInfinity() {
    for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertRefused(() -> Bounds.atLeast("a", value, 0));
      assertRefused(() -> Bounds.finite("a", value));
      assertRefused(() -> Bounds.positive("a", value));
      assertRefused(() -> Bounds.notNegative("a", value));
      assertRefused(() -> Bounds.fraction("a", value));
      assertRefused(() -> Bounds.fractionBelowOne("a", value));
      assertRefused(() -> Bounds.properFraction("a", value));
    }
  }

  private static void assertRefused(ThrowingCallable check) {
    assertThatThrownBy(check).isInstanceOf(InvalidSettingException.class);
  }
}
