package io.gapo.runtime.gradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.combine.CountSketch;
import io.gapo.core.ppo.GeneralizedAdvantage;
import io.gapo.core.ppo.KlEstimator;
import io.gapo.runtime.learner.AdamWSettings;
import io.gapo.runtime.learner.LearnerSettings;
import io.gapo.runtime.learner.LearningRateSchedule;
import io.gapo.runtime.learner.LearningRates;
import io.gapo.runtime.trainable.GradientScope;
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
                new AdvantageSettings(AdvantageKind.GAE, new GeneralizedAdvantage(1, 0.95), false),
                new ClipSettings(0.2, 5, 50),
                LossSettings.PPO,
                new KlPenalty(0.02, KlPlacement.INSIDE, KlEstimator.K1),
                new GradientComparison(GradientScope.LAST_LAYER, 0, Optional.empty()),
                1,
                new StepMemory(8192, 4L << 30),
                false));
  }

  @Test
  void ppoNamesTheSettingItRejects() {
    assertRejected("objectives", () -> PpoSettings.of(List.of()));
    assertRejected("objectives", () -> PpoSettings.of(List.of("a", "a")));
    assertRejected("temperature", () -> ppo(0, 1));
    assertRejected("micro-batch-tokens", () -> ppo(1, 0));
    assertRejected("graph-memory", () -> new StepMemory(1, -1));
    assertRejected("clip-range", () -> new ClipSettings(0, 5, 50));
    assertRejected("value-clip", () -> new ClipSettings(0.2, Double.NaN, 50));
    assertRejected("reward-clamp", () -> new ClipSettings(0.2, 5, 0));
    assertRejected("kl-coefficient", () -> new KlPenalty(-1, KlPlacement.INSIDE, KlEstimator.K1));
    assertRejected(
        "audit-every",
        () -> new GradientComparison(GradientScope.LAST_BLOCK, -1, Optional.empty()));
  }

  @Test
  void severalCollectorsCompareWhatCanBeAddedAndFitsIntoARecord() {
    GradientSum sum = new GradientSum(900_000, new CountSketch(16_384, 1));
    GradientSum wide = new GradientSum(900_000, new CountSketch(1 << 17, 1));

    assertRejected(
        "gradient-scope must be last-layer",
        () -> new GradientComparison(GradientScope.LAST_BLOCK, 0, Optional.of(sum)));
    assertRejected(
        "audit-every must be 0",
        () -> new GradientComparison(GradientScope.LAST_LAYER, 1, Optional.of(sum)));
    assertRejected("exact-bytes", () -> new GradientSum(900_001, new CountSketch(16, 1)));
    assertRejected(
        "gradient-sum.sketch-width 131072 makes 1048576 bytes for 2 objectives",
        () -> PpoVariants.withSum(PpoSettings.of(List.of("a", "b")), wide));
  }

  @Test
  void adamWNamesTheSettingItRejects() {
    assertRejected("betas", () -> new AdamWSettings(1, 0.9, 1e-8, 0, 1));
    assertRejected("betas", () -> new AdamWSettings(0.9, -0.1, 1e-8, 0, 1));
    assertRejected("epsilon", () -> new AdamWSettings(0.9, 0.9, 0, 0, 1));
    assertRejected("weight-decay", () -> new AdamWSettings(0.9, 0.9, 1e-8, -1, 1));
    assertRejected("max-gradient-norm", () -> new AdamWSettings(0.9, 0.9, 1e-8, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, 0, Double.NaN, Double.POSITIVE_INFINITY})
  void learnerNamesTheSettingItRejects(double rate) {
    LearningRateSchedule schedule = LearningRateSchedule.constant();

    assertRejected("learning-rate", () -> new LearningRates(rate, 1, schedule));
    assertRejected("value-learning-rate", () -> new LearningRates(1, rate, schedule));
    assertRejected(
        "checkpoints-kept",
        () ->
            new LearnerSettings(
                List.of("a"), new LearningRates(1, 1, schedule), AdamWSettings.DEFAULT, 0));
  }

  private static void ppo(double temperature, int tokens) {
    PpoSettings valid = PpoSettings.of(List.of("a"));
    new PpoSettings(
        valid.objectives(),
        valid.advantages(),
        valid.clips(),
        valid.losses(),
        valid.kl(),
        valid.comparison(),
        temperature,
        new StepMemory(tokens, 0),
        false);
  }

  private static void assertRejected(String setting, ThrowingCallable making) {
    assertThatThrownBy(making)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(setting);
  }
}
