package io.gapo.runtime.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

  @Test
  void ppoStartsFromWhatSafeRlhfUses() {
    PpoSettings settings = PpoSettings.of(List.of("helpful", "harmless"));

    assertThat(settings)
        .isEqualTo(
            new PpoSettings(
                List.of("helpful", "harmless"),
                AdvantageKind.GENERALIZED,
                1,
                0.95,
                0.2,
                5,
                0.02,
                KlPlacement.INSIDE,
                50,
                1,
                8192,
                false,
                GradientScope.LAST_LAYER,
                0,
                false,
                Optional.empty()));
  }

  @Test
  void ppoNamesTheSettingItRejects() {
    assertRejected("objectives", () -> PpoSettings.of(List.of()));
    assertRejected("objectives", () -> PpoSettings.of(List.of("a", "a")));
    assertRejected("discount", () -> ppo(1.1, 0.9, 0.2, 5, 0.02, 50, 1, 1));
    assertRejected("GAE lambda", () -> ppo(1, -0.1, 0.2, 5, 0.02, 50, 1, 1));
    assertRejected("clip range", () -> ppo(1, 0.9, 0, 5, 0.02, 50, 1, 1));
    assertRejected("value clip", () -> ppo(1, 0.9, 0.2, Double.NaN, 0.02, 50, 1, 1));
    assertRejected("KL coefficient", () -> ppo(1, 0.9, 0.2, 5, -1, 50, 1, 1));
    assertRejected("reward clamp", () -> ppo(1, 0.9, 0.2, 5, 0.02, 0, 1, 1));
    assertRejected("temperature", () -> ppo(1, 0.9, 0.2, 5, 0.02, 50, 0, 1));
    assertRejected("micro-batch tokens", () -> ppo(1, 0.9, 0.2, 5, 0.02, 50, 1, 0));
    assertRejected(
        "audit interval",
        () -> PpoVariants.withScope(PpoSettings.of(List.of("a")), GradientScope.LAST_BLOCK, -1));
  }

  @Test
  void adamWNamesTheSettingItRejects() {
    assertRejected("beta1", () -> new AdamWSettings(1, 0.9, 1e-8, 0, 1));
    assertRejected("beta2", () -> new AdamWSettings(0.9, -0.1, 1e-8, 0, 1));
    assertRejected("epsilon", () -> new AdamWSettings(0.9, 0.9, 0, 0, 1));
    assertRejected("weight decay", () -> new AdamWSettings(0.9, 0.9, 1e-8, -1, 1));
    assertRejected("max gradient norm", () -> new AdamWSettings(0.9, 0.9, 1e-8, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
  void learnerNamesTheSettingItRejects(double rate) {
    assertRejected("learning rate", () -> learner(rate, 1, 1));
    assertRejected("value learning rate", () -> learner(1, rate, 1));
    assertRejected("checkpoints to keep", () -> learner(1, 1, 0));
  }

  private static void ppo(
      double discount,
      double lambda,
      double clip,
      double valueClip,
      double kl,
      double clamp,
      double temperature,
      int tokens) {
    new PpoSettings(
        List.of("a"),
        AdvantageKind.GENERALIZED,
        discount,
        lambda,
        clip,
        valueClip,
        kl,
        KlPlacement.INSIDE,
        clamp,
        temperature,
        tokens,
        false,
        GradientScope.LAST_LAYER,
        0,
        false,
        Optional.empty());
  }

  private static void learner(double rate, double valueRate, int kept) {
    new LearnerSettings(
        List.of("a"),
        rate,
        valueRate,
        LearningRateSchedule.constant(),
        AdamWSettings.DEFAULT,
        kept);
  }

  private static void assertRejected(String setting, ThrowingCallable making) {
    assertThatThrownBy(making)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(setting);
  }
}
