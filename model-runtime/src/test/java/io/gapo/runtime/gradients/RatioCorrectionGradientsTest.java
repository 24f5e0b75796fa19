package io.gapo.runtime.gradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.port.NonFiniteObjectiveException;
import io.gapo.core.ppo.LossAggregation;
import io.gapo.core.ppo.RatioCorrection;
import io.gapo.core.ppo.RatioCorrection.Divergence;
import io.gapo.core.ppo.RatioCorrection.SecondMoment;
import io.gapo.core.ppo.RatioCorrection.SequenceMask;
import io.gapo.core.ppo.RatioCorrection.TokenMask;
import io.gapo.core.ppo.RatioCorrection.Truncated;
import io.gapo.core.ppo.ResponseLimit;
import io.gapo.core.ppo.SequenceRatio;
import io.gapo.core.ppo.TruncatedResponses;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.MeasuredBatch;
import io.gapo.core.step.OffPolicyTokens;
import io.gapo.core.step.StepStatistics;
import io.gapo.runtime.safetensors.TensorValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole steps by the ratio corrections. Each is held against a step whose bounds nothing reaches,
 * the plain importance-weighted one, which is known from the clip within an unreachable range.
 */
class RatioCorrectionGradientsTest {

  /** Keeps every token of the fixture, by its ratio. */
  private static final RatioCorrection OPEN = new TokenMask(1e-6, 1e6);

  private static final PpoSettings PLAIN = PpoFixture.settings(AdvantageKind.GROUP_RELATIVE, 20, 0);

  static Stream<RatioCorrection> corrections() {
    return Stream.of(
        new Truncated(1.05),
        new TokenMask(0.9, 1.1),
        new SequenceMask(SequenceRatio.PRODUCT, 0.8, 1.2),
        new SequenceMask(SequenceRatio.GEOMETRIC_MEAN, 0.95, 1.05),
        new Divergence(0.01, 0),
        new SecondMoment(0.01));
  }

  @Test
  void withinBoundsThatNothingReachesTheStepIsThatOfAnUnreachableClip() {
    Step weighted = step(PpoVariants.withCorrection(PLAIN, OPEN), PpoFixture.batch());
    Step unclipped = step(PpoVariants.unclipped(PLAIN), PpoFixture.batch());

    assertClose(weighted.gradient(), unclipped.gradient());
    for (int m = 0; m < 3; m++) {
      assertThat(weighted.measured().gram().at(m, m))
          .isCloseTo(unclipped.measured().gram().at(m, m), within(1e-6));
      assertThat(weighted.statistics().perObjective().get(m).loss())
          .isCloseTo(unclipped.statistics().perObjective().get(m).loss(), within(1e-6));
    }
    assertThat(weighted.statistics().ratios().mean())
        .isEqualTo(unclipped.statistics().ratios().mean());
  }

  /** A step is linear in the advantages: what is left of one objective's is left of another's. */
  @ParameterizedTest
  @MethodSource("corrections")
  void objectivesOfOneScoreHaveOneGradientWhateverItsSign(RatioCorrection correction) {
    List<ScoredRollout> batch =
        PpoFixture.batch().stream()
            .map(
                each ->
                    new ScoredRollout(
                        each.rollout(),
                        new double[] {each.scores()[0], -each.scores()[0], 3 * each.scores()[0]}))
            .toList();

    MeasuredBatch measured = step(PpoVariants.withCorrection(PLAIN, correction), batch).measured();
    MeasuredBatch clipped = step(PLAIN, batch).measured();

    assertThat(measured.gram().cosine(0, 1)).isCloseTo(-1, within(1e-6));
    assertThat(measured.gram().norm(2)).isCloseTo(3 * measured.gram().norm(0), within(1e-5));
    // The clip leaves other tokens to an objective than to its opposite.
    assertThat(clipped.gram().cosine(0, 1)).isGreaterThan(-0.999);
  }

  @ParameterizedTest
  @MethodSource("corrections")
  void saysWhatItLeavesOut(RatioCorrection correction) {
    StepStatistics statistics =
        step(PpoVariants.withCorrection(PLAIN, correction), PpoFixture.batch()).statistics();

    OffPolicyTokens all = statistics.ratios().tokens();
    assertThat(statistics.ratios().byStaleness().keySet()).containsExactly(0L, 1L);
    assertThat(all.tokens()).isEqualTo(statistics.responseTokens());
    assertThat(all.mismatchKl()).isBetween(0.005, 0.05);
    assertThat(all.effectiveSampleSize()).isBetween(0.05, 0.9999);
    if (!(correction instanceof Truncated)) {
      assertThat(all.maskedShare()).isBetween(0.01, 0.99);
    }
  }

  @ParameterizedTest
  @MethodSource("corrections")
  void microBatchesMakeNoDifference(RatioCorrection correction) {
    PpoSettings together =
        PpoVariants.withCorrection(PpoFixture.settings(AdvantageKind.GAE, 1000), correction);
    PpoSettings apart =
        PpoVariants.withCorrection(PpoFixture.settings(AdvantageKind.GAE, 1), correction);

    assertClose(
        step(together, PpoFixture.batch()).gradient(), step(apart, PpoFixture.batch()).gradient());
  }

  @Test
  void whatPreferencesCountUpIsCorrectedAlike() {
    PpoSettings corrected = PpoVariants.withCorrection(PLAIN, new TokenMask(0.9, 1.1));

    assertClose(
        step(PpoVariants.preferred(corrected), PpoFixture.batch()).gradient(),
        step(corrected, PpoFixture.batch()).gradient());
  }

  @Test
  void theRegularisationPullsBesideTheObjectivesAndIsNotWeighed() {
    PpoSettings without = PpoVariants.withCorrection(PLAIN, new Divergence(1, 0));
    PpoSettings with = PpoVariants.withCorrection(PLAIN, new Divergence(1, 0.5));
    double sum = Arrays.stream(PpoFixture.weights()).sum();

    Step plain = step(without, PpoFixture.batch());
    Step regularised = step(with, PpoFixture.batch());
    Step twice = step(PpoVariants.withCorrection(PLAIN, new Divergence(1, 1)), PpoFixture.batch());

    assertThat(sum).isEqualTo(1);
    assertThat(regularised.measured().gram()).isEqualTo(plain.measured().gram());
    double[] expected = difference(regularised.gradient(), plain.gradient());
    double[] doubled = difference(twice.gradient(), plain.gradient());
    assertThat(IntStream.range(0, expected.length).anyMatch(k -> Math.abs(expected[k]) > 1e-3))
        .isTrue();
    for (int k = 0; k < expected.length; k++) {
      assertThat(doubled[k]).isCloseTo(2 * expected[k], within(1e-5));
    }
  }

  @ParameterizedTest
  @MethodSource("corrections")
  void refusesRatiosThatAreNotFinite(RatioCorrection correction) {
    for (float broken : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      List<ScoredRollout> poisoned = new ArrayList<>(PpoFixture.batch());
      Rollout rollout = poisoned.get(3).rollout();
      float[] logProbs = rollout.behaviorLogProbs().clone();
      logProbs[1] = broken;
      poisoned.set(
          3, new ScoredRollout(with(rollout, logProbs, FinishReason.LENGTH), new double[3]));

      assertThatThrownBy(() -> step(PpoVariants.withCorrection(PLAIN, correction), poisoned))
          .isInstanceOf(NonFiniteObjectiveException.class);
    }
  }

  @Test
  void aMeanOverTokensGivesALongResponseMore() {
    Step bySequences = step(PLAIN, PpoFixture.batch());
    Step byTokens =
        step(PpoVariants.withAggregation(PLAIN, LossAggregation.TOKEN_MEAN), PpoFixture.batch());
    Step constant =
        step(PpoVariants.withAggregation(PLAIN, LossAggregation.CONSTANT), PpoFixture.batch());

    assertThat(byTokens.statistics().aggregation()).isEqualTo(LossAggregation.TOKEN_MEAN);
    // 6 sequences of 28 tokens, of at most 512: the two differ by a factor only.
    double factor = 28.0 / 6 / 512;
    double[] tokens = values(byTokens.gradient());
    double[] constants = values(constant.gradient());
    for (int k = 0; k < tokens.length; k++) {
      assertThat(constants[k]).isCloseTo(factor * tokens[k], within(1e-6));
    }
    assertThat(bySequences.measured().gram()).isNotEqualTo(byTokens.measured().gram());
  }

  @Test
  void truncatedResponsesAreLeftOutOfTheLossesAndStillComparedWith() {
    List<ScoredRollout> stopped = finishing(FinishReason.END_OF_SEQUENCE, 6);
    List<ScoredRollout> mixed = finishing(FinishReason.END_OF_SEQUENCE, 4);
    PpoSettings mask =
        PpoVariants.withLosses(
            PLAIN,
            new LossSettings(
                RatioCorrection.clip(),
                LossAggregation.SEQUENCE_MEAN,
                new ResponseLimit(512, TruncatedResponses.MASK, 128, 1)));

    Step all = step(PLAIN, stopped);
    Step masked = step(mask, mixed);
    double[] rest = new double[3];
    for (int i : new int[] {4, 5}) {
      // What a rollout adds to the losses: those without it, which are means over one less.
      List<ScoredRollout> without = new ArrayList<>(stopped);
      ScoredRollout left = without.get(i);
      without.set(
          i,
          new ScoredRollout(
              with(left.rollout(), left.rollout().behaviorLogProbs(), FinishReason.LENGTH),
              left.scores()));
      Step one = step(mask, without);
      for (int m = 0; m < 3; m++) {
        rest[m] +=
            all.statistics().perObjective().get(m).loss()
                - one.statistics().perObjective().get(m).loss();
      }
    }

    assertThat(step(mask, stopped).gradient()).isEqualTo(all.gradient());
    assertThat(masked.statistics().ratios().tokens().tokens())
        .isEqualTo(
            mixed.subList(0, 4).stream()
                .mapToLong(each -> each.rollout().responseTokens().length)
                .sum());
    for (int m = 0; m < 3; m++) {
      assertThat(masked.statistics().perObjective().get(m).loss())
          .isCloseTo(all.statistics().perObjective().get(m).loss() - rest[m], within(1e-6));
    }
  }

  @Test
  void longResponsesEarnLessOfEveryObjective() {
    ResponseLimit limit = new ResponseLimit(9, TruncatedResponses.SOFT_OVERLONG, 6, 2);
    List<ScoredRollout> shortened =
        PpoFixture.batch().stream()
            .map(
                each ->
                    new ScoredRollout(
                        each.rollout(),
                        each.scores(),
                        Arrays.stream(each.scores())
                            .map(s -> s + limit.penalty(each.rollout().responseTokens().length))
                            .toArray()))
            .toList();
    PpoSettings overlong =
        PpoVariants.withLosses(
            PLAIN, new LossSettings(RatioCorrection.clip(), LossAggregation.SEQUENCE_MEAN, limit));

    Step step = step(overlong, PpoFixture.batch());

    assertClose(step.gradient(), step(PLAIN, shortened).gradient());
    assertThat(step.gradient()).isNotEqualTo(step(PLAIN, PpoFixture.batch()).gradient());
    assertThat(step.statistics().meanScores())
        .isEqualTo(step(PLAIN, PpoFixture.batch()).statistics().meanScores());
  }

  @Test
  void whereAllResponsesAreTruncatedNothingTrains() {
    PpoSettings mask =
        PpoVariants.withLosses(
            PLAIN,
            new LossSettings(
                new SecondMoment(0.01),
                LossAggregation.TOKEN_MEAN,
                new ResponseLimit(512, TruncatedResponses.MASK, 128, 1)));

    Step step = step(mask, finishing(FinishReason.END_OF_SEQUENCE, 0));

    assertThat(values(step.gradient())).containsOnly(0);
    assertThat(step.statistics().ratios().tokens()).isEqualTo(OffPolicyTokens.NONE);
  }

  private record Step(MeasuredBatch measured, List<NamedTensor> gradient) {
    StepStatistics statistics() {
      return measured.statistics();
    }
  }

  private static Step step(PpoSettings settings, List<ScoredRollout> batch) {
    try (TorchPolicyGradients gradients = PpoFixture.open(settings)) {
      MeasuredBatch measured = gradients.measure(batch);
      return new Step(measured, gradients.backward(PpoFixture.weights(), 0));
    }
  }

  /** The fixture's rollouts, of which the first few finished so, and the others by their length. */
  private static List<ScoredRollout> finishing(FinishReason reason, int count) {
    List<ScoredRollout> batch = PpoFixture.batch();
    return IntStream.range(0, batch.size())
        .mapToObj(
            i ->
                new ScoredRollout(
                    with(
                        batch.get(i).rollout(),
                        batch.get(i).rollout().behaviorLogProbs(),
                        i < count ? reason : FinishReason.LENGTH),
                    batch.get(i).scores()))
        .toList();
  }

  private static Rollout with(Rollout rollout, float[] behavior, FinishReason reason) {
    return new Rollout(
        rollout.promptId(),
        rollout.sampleIndex(),
        rollout.prompt(),
        rollout.response(),
        rollout.promptTokens(),
        rollout.responseTokens(),
        behavior,
        rollout.versions(),
        reason,
        rollout.seed());
  }

  private static double[] values(List<NamedTensor> tensors) {
    return tensors.stream()
        .map(TensorValues::toFloats)
        .flatMapToDouble(values -> IntStream.range(0, values.length).mapToDouble(k -> values[k]))
        .toArray();
  }

  private static double[] difference(List<NamedTensor> first, List<NamedTensor> second) {
    double[] a = values(first);
    double[] b = values(second);
    return IntStream.range(0, a.length).mapToDouble(k -> a[k] - b[k]).toArray();
  }

  private static void assertClose(List<NamedTensor> actual, List<NamedTensor> expected) {
    double[] values = values(expected);
    double largest = Arrays.stream(values).map(Math::abs).max().orElseThrow();
    assertThat(largest).isPositive();
    assertThat(values(actual)).containsExactly(values, within(1e-6 + 1e-5 * largest));
  }
}
