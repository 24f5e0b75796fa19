package io.gapo.runtime.gradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.MeasuredObjectives;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.combine.Preference;
import io.gapo.core.combine.PreferenceWeighted;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.runtime.safetensors.TensorValues;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Gradients whose advantages count by each rollout's preference. */
class PreferredGradientsTest {

  private static final PromptPreference SHARED =
      PromptPreference.of(Map.of("helpful", 0.5, "harmless", 0.3, "concise", 0.2));
  private static final PromptPreference OTHER =
      PromptPreference.of(Map.of("helpful", 0.1, "harmless", 0.9));

  @ParameterizedTest
  @EnumSource(AdvantageKind.class)
  void withOnePreferenceForAllTheStepIsThatOfPGapo(AdvantageKind kind) {
    List<ScoredRollout> batch = preferring(PpoFixture.batch(), SHARED, SHARED);

    GramMatrix gram;
    List<NamedTensor> expected;
    try (TorchPolicyGradients plain = PpoFixture.open(kind, 20)) {
      gram = plain.measure(batch).gram();
      expected = plain.backward(weights(gram, Preference.of(SHARED.shares())), 0);
    }
    try (TorchPolicyGradients preferred =
        PpoFixture.open(PpoVariants.preferred(PpoFixture.settings(kind, 20)))) {
      // The norms are those of the unweighted gradients.
      assertThat(preferred.measure(batch).gram()).isEqualTo(gram);
      assertEqual(
          preferred.backward(weights(gram, Preference.even(PpoFixture.OBJECTIVES)), 0), expected);
    }
  }

  @Test
  void eachRolloutCountsByItsOwnPreference() {
    PpoSettings settings = PpoFixture.settings(AdvantageKind.GAE, 1_000, 0);
    List<ScoredRollout> batch = preferring(PpoFixture.batch(), SHARED, OTHER);

    // Without KL, values and clipping between them, a score's part of the loss is linear in
    // advantages: the step is the sum of those in which only one half of the rollouts counts.
    List<NamedTensor> whole = step(settings, batch);
    List<NamedTensor> allShared = step(settings, preferring(batch, SHARED, SHARED));
    List<NamedTensor> allOther = step(settings, preferring(batch, OTHER, OTHER));
    List<NamedTensor> swapped = step(settings, preferring(batch, OTHER, SHARED));

    for (int i = 0; i < whole.size(); i++) {
      float[] mixed = TensorValues.toFloats(whole.get(i));
      float[] other = TensorValues.toFloats(swapped.get(i));
      float[] first = TensorValues.toFloats(allShared.get(i));
      float[] second = TensorValues.toFloats(allOther.get(i));
      for (int k = 0; k < mixed.length; k++) {
        assertThat(mixed[k] + other[k]).isCloseTo(first[k] + second[k], within(1e-4f));
      }
    }
    assertThat(whole).isNotEqualTo(swapped);
  }

  @Test
  void aRolloutThatCarriesNoneCountsEvenly() {
    PpoSettings settings = PpoFixture.settings(AdvantageKind.GAE, 20);
    PromptPreference even =
        PromptPreference.of(Map.of("helpful", 1.0, "harmless", 1.0, "concise", 1.0));

    assertEqual(
        step(settings, PpoFixture.batch()),
        step(settings, preferring(PpoFixture.batch(), even, even)));
  }

  private static List<NamedTensor> step(PpoSettings settings, List<ScoredRollout> batch) {
    try (TorchPolicyGradients preferred = PpoFixture.open(PpoVariants.preferred(settings))) {
      preferred.measure(batch);
      return preferred.backward(PpoFixture.weights(), 0);
    }
  }

  private static double[] weights(GramMatrix gram, Preference preference) {
    return new PreferenceWeighted(preference)
        .combine(
            MeasuredObjectives.ofAll(
                PpoFixture.OBJECTIVES, gram, List.of(0.0, 0.0, 0.0), 6, MethodMemory.NONE))
        .weights();
  }

  /** The first and second half of a batch, asked with these. */
  private static List<ScoredRollout> preferring(
      List<ScoredRollout> batch, PromptPreference first, PromptPreference second) {
    return java.util.stream.IntStream.range(0, batch.size())
        .mapToObj(i -> preferring(batch.get(i), i < batch.size() / 2 ? first : second))
        .toList();
  }

  private static ScoredRollout preferring(ScoredRollout scored, PromptPreference preference) {
    Rollout rollout = scored.rollout();
    return new ScoredRollout(
        new Rollout(
            rollout.promptId(),
            rollout.sampleIndex(),
            rollout.prompt(),
            rollout.response(),
            rollout.promptTokens(),
            rollout.responseTokens(),
            rollout.behaviorLogProbs(),
            rollout.versions(),
            rollout.finishReason(),
            rollout.seed(),
            Optional.of(preference),
            rollout.notes()),
        scored.scores());
  }

  private static void assertEqual(List<NamedTensor> actual, List<NamedTensor> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      float[] values = TensorValues.toFloats(expected.get(i));
      double largest = 0;
      for (float value : values) {
        largest = Math.max(largest, Math.abs(value));
      }
      assertThat(actual.get(i).name()).isEqualTo(expected.get(i).name());
      assertThat(TensorValues.toFloats(actual.get(i)))
          .as(actual.get(i).name())
          .containsExactly(values, within((float) (1e-6 + 1e-5 * largest)));
    }
  }
}
