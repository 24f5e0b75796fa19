package io.gapo.runtime.gradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.ppo.AdvantageCombination;
import io.gapo.core.ppo.DecoupledNormalisation;
import io.gapo.core.ppo.GeneralizedAdvantage;
import io.gapo.core.ppo.GroupedScores;
import io.gapo.core.ppo.KlEstimator;
import io.gapo.core.ppo.RatioCorrection;
import io.gapo.core.ppo.ScoreResolution;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.runtime.safetensors.TensorValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Updates that follow one advantage of all objectives' scores. */
class CombinedAdvantagesTest {

  private static final DecoupledNormalisation GDPO = new DecoupledNormalisation(true);
  private static final ScoreResolution RESOLUTION =
      ScoreResolution.ofSignificand(DataType.F32.significandBits());
  private static final int SMALL = 20;
  private static final int LARGE = 10_000;

  /**
   * The leave-one-out advantage of K responses is K/(K − 1) times the distance from their mean: so
   * many scores have any advantages of mean 0.
   */
  @ParameterizedTest
  @MethodSource("corrections")
  void theStepIsThatOfOneObjectiveWithTheCombinedAdvantage(RatioCorrection correction) {
    PpoSettings settings = PpoVariants.withCorrection(combining(GDPO, 0, SMALL), correction);
    List<ScoredRollout> batch = PpoFixture.batch();
    GroupedScores grouped = TokenAdvantages.grouped(settings, RESOLUTION, batch);
    double[] advantages = GDPO.combine(grouped, PpoFixture.weights());
    assertThat(Arrays.stream(advantages)).anyMatch(advantage -> Math.abs(advantage) > 0.5);
    List<ScoredRollout> ofOne = new ArrayList<>(batch);
    for (List<Integer> group : grouped.groups()) {
      for (int i : group) {
        double score = advantages[i] * (group.size() - 1) / group.size();
        ofOne.set(i, new ScoredRollout(batch.get(i).rollout(), new double[] {score, 0, 0}));
      }
    }

    Map<String, float[]> expected;
    try (TorchPolicyGradients one =
        PpoFixture.open(with(settings, settings.kl(), Optional.empty(), LARGE))) {
      one.measure(ofOne);
      expected = byName(one.backward(new double[] {1, 0, 0}, 0));
    }
    Map<String, float[]> found = step(settings, batch, PpoFixture.weights(), 0);

    assertClose(found, expected);
  }

  static Stream<RatioCorrection> corrections() {
    return Stream.of(
        RatioCorrection.clip(),
        new RatioCorrection.TokenMask(0.9, 1.1),
        new RatioCorrection.Divergence(0.2, 0.1));
  }

  @Test
  void theObjectivesAreMeasuredByTheirOwnAdvantages() {
    PpoSettings settings = combining(GDPO, 0, SMALL);
    try (TorchPolicyGradients combined = PpoFixture.open(settings);
        TorchPolicyGradients own =
            PpoFixture.open(with(settings, settings.kl(), Optional.empty(), SMALL))) {
      assertThat(combined.measure(PpoFixture.batch()).gram())
          .isEqualTo(own.measure(PpoFixture.batch()).gram());
    }
  }

  @Test
  void thePenaltyStandsBesideTheOneAdvantage() {
    List<ScoredRollout> batch = PpoFixture.batch();
    Map<String, float[]> without = step(combining(GDPO, 0, SMALL), batch, PpoFixture.weights(), 0);
    Map<String, float[]> penalty = step(combining(GDPO, 0, SMALL), batch, new double[3], 0.3);

    Map<String, float[]> both = step(combining(GDPO, 0.3, SMALL), batch, PpoFixture.weights(), 0);

    assertThat(penalty.values()).anySatisfy(values -> assertThat(values[0]).isNotZero());
    without.forEach(
        (name, values) -> {
          float[] added = penalty.getOrDefault(name, new float[0]);
          for (int k = 0; k < values.length; k++) {
            values[k] += added[k];
          }
        });
    assertClose(both, without);
  }

  @Test
  void aStepInWhichNoObjectiveCountsChangesNothing() {
    Map<String, float[]> none =
        step(combining(GDPO, 0.3, SMALL), PpoFixture.batch(), new double[3], 0);

    assertThat(none.values()).allSatisfy(values -> assertThat(values).containsOnly(0));
  }

  @Test
  void aPromptsScoresThatDifferByRoundingAreAlike() {
    List<ScoredRollout> batch = new ArrayList<>();
    for (ScoredRollout scored : PpoFixture.batch()) {
      double[] scores = scored.scores();
      int sample = scored.rollout().sampleIndex();
      boolean first =
          scored.rollout().promptId().equals(PpoFixture.batch().get(0).rollout().promptId());
      scores[0] = first ? 3.7 + sample * Math.scalb(3.7, -24) : sample;
      batch.add(new ScoredRollout(scored.rollout(), scores));
    }

    GroupedScores grouped = TokenAdvantages.grouped(combining(GDPO, 0, SMALL), RESOLUTION, batch);

    List<Integer> alike = grouped.groups().get(0);
    assertThat(alike).hasSizeGreaterThan(1);
    assertThat(alike).allMatch(i -> grouped.rewards()[0][i] == 3.7);
    List<Integer> told = grouped.groups().get(1);
    assertThat(told.stream().map(i -> grouped.rewards()[0][i]).distinct()).hasSameSizeAs(told);
  }

  @Test
  void refusesSettingsThatItWouldNotFollow() {
    GeneralizedAdvantage gae = new GeneralizedAdvantage(1, 0.95);

    assertThatThrownBy(
            () -> new AdvantageSettings(AdvantageKind.GAE, gae, false, Optional.of(GDPO)))
        .hasMessageContaining("is group-relative and not whitened, was GAE");
    assertThatThrownBy(
            () -> new AdvantageSettings(AdvantageKind.GROUP_RELATIVE, gae, true, Optional.of(GDPO)))
        .hasMessageContaining("was GROUP_RELATIVE, whitened");
    PpoSettings settings = combining(GDPO, 0.1, SMALL);
    assertThatThrownBy(
            () ->
                with(
                    settings,
                    new KlPenalty(0.1, KlPlacement.INSIDE, KlEstimator.K1),
                    Optional.of(GDPO),
                    SMALL))
        .hasMessageContaining("has the KL penalty beside it");
  }

  private static Map<String, float[]> step(
      PpoSettings settings, List<ScoredRollout> batch, double[] weights, double klWeight) {
    try (TorchPolicyGradients gradients = PpoFixture.open(settings)) {
      gradients.measure(batch);
      return byName(gradients.backward(weights, klWeight));
    }
  }

  private static PpoSettings combining(
      AdvantageCombination combination, double klCoefficient, int microBatchTokens) {
    return with(
        PpoFixture.settings(AdvantageKind.GROUP_RELATIVE, microBatchTokens),
        new KlPenalty(klCoefficient, KlPlacement.OUTSIDE, KlEstimator.K1),
        Optional.of(combination),
        microBatchTokens);
  }

  private static PpoSettings with(
      PpoSettings of,
      KlPenalty kl,
      Optional<AdvantageCombination> combination,
      int microBatchTokens) {
    return new PpoSettings(
        of.objectives(),
        new AdvantageSettings(
            AdvantageKind.GROUP_RELATIVE, of.advantages().gae(), false, combination),
        of.clips(),
        of.losses(),
        kl,
        of.comparison(),
        of.temperature(),
        new StepMemory(microBatchTokens, StepMemory.DEFAULT.graphBytes()),
        false);
  }

  private static Map<String, float[]> byName(List<NamedTensor> tensors) {
    return tensors.stream().collect(Collectors.toMap(NamedTensor::name, TensorValues::toFloats));
  }

  private static void assertClose(Map<String, float[]> found, Map<String, float[]> expected) {
    expected.forEach(
        (name, values) -> {
          float largest = 0;
          for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
          }
          assertThat(found.get(name))
              .as(name)
              .containsExactly(values, within(1e-6f + 1e-5f * largest));
        });
  }
}
