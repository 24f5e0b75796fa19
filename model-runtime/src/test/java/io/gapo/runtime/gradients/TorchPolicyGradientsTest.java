package io.gapo.runtime.gradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.NonFiniteObjectiveException;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.MeasuredBatch;
import io.gapo.core.step.StepStatistics;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.torch.TorchSettings;
import io.gapo.runtime.trainable.GradientScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchPolicyGradientsTest {

  private static final int ALL_TOGETHER = 1_000;

  private TorchPolicyGradients gradients = PpoFixture.open(AdvantageKind.GAE, ALL_TOGETHER);

  @AfterEach
  void free() {
    gradients.close();
  }

  private void reopen(AdvantageKind kind, int microBatchTokens) {
    gradients.close();
    gradients = PpoFixture.open(kind, microBatchTokens);
  }

  @ParameterizedTest
  @CsvSource({"GAE, 1000", "GAE, 20", "GAE, 1", "GROUP_RELATIVE, 1000", "GROUP_RELATIVE, 20"})
  void agreesWithPyTorch(AdvantageKind kind, int microBatchTokens) {
    reopen(kind, microBatchTokens);
    JsonNode expected = PpoFixture.expected(kind);

    MeasuredBatch measured = gradients.measure(PpoFixture.batch());

    StepStatistics statistics = measured.statistics();
    for (int i = 0; i < 3; i++) {
      assertClose(statistics.perObjective().get(i).loss(), expected.get("losses").get(i));
      assertClose(statistics.perObjective().get(i).valueLoss(), expected.get("valueLosses").get(i));
      for (int j = 0; j < 3; j++) {
        assertClose(measured.gram().at(i, j), expected.get("gram").get(i).get(j));
      }
    }
    assertClose(statistics.policy().kl(), expected.get("kl"));
    assertClose(statistics.policy().entropy(), expected.get("entropy"));
    assertClose(statistics.ratios().mean(), expected.get("importanceRatioMean"));
    assertClose(statistics.ratios().max(), expected.get("importanceRatioMax"));
    assertClose(statistics.ratios().clipFraction(), expected.get("clipFraction"));
    List<NamedTensor> backward = gradients.backward(PpoFixture.weights(), PpoFixture.KL_WEIGHT);
    assertThat(backward).hasSize(20 + 6);
    for (NamedTensor gradient : backward) {
      assertClose(gradient, PpoFixture.expectedGradient(kind, gradient.name()));
    }
  }

  @Test
  void countsWhatTheBatchHolds() {
    List<ScoredRollout> batch = PpoFixture.batch();

    StepStatistics statistics = gradients.measure(batch).statistics();

    assertThat(statistics.objectives()).isEqualTo(PpoFixture.OBJECTIVES);
    assertThat(statistics.rollouts()).isEqualTo(6);
    assertThat(statistics.responseTokens()).isEqualTo(28);
    assertThat(statistics.staleness().mean()).isCloseTo(1.0 / 6, within(1e-12));
    assertThat(statistics.staleness().max()).isEqualTo(1);
    assertThat(statistics.meanScores().get(0))
        .isCloseTo(
            batch.stream().mapToDouble(s -> s.scores()[0]).average().orElseThrow(), within(1e-12));
    assertThat(statistics.phaseSeconds())
        .containsOnlyKeys("forward", "reference", "advantages", "objective-gradients");
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"BF16", "F16"})
  void computesInTwoBytesToo(DataType dataType) {
    gradients.close();
    gradients =
        PpoFixture.openInitial(
            PpoFixture.settings(AdvantageKind.GAE, 20), new TorchSettings("cpu", dataType, 1));
    gradients.adopt(PpoFixture.adopted());
    JsonNode expected = PpoFixture.expected(AdvantageKind.GAE);

    MeasuredBatch measured = gradients.measure(PpoFixture.batch());
    List<NamedTensor> backward = gradients.backward(PpoFixture.weights(), 0);

    // The Gram matrix may differ more: tokens near the clip range fall on the other side of it.
    StepStatistics statistics = measured.statistics();
    assertThat(statistics.policy().entropy())
        .isCloseTo(expected.get("entropy").doubleValue(), within(0.02));
    for (int i = 0; i < 3; i++) {
      assertThat(statistics.perObjective().get(i).loss())
          .isCloseTo(expected.get("losses").get(i).doubleValue(), within(0.05));
    }
    assertThat(backward).hasSize(26).allMatch(tensor -> tensor.dataType() == DataType.F32);
  }

  @ParameterizedTest
  @CsvSource({"LAST_BLOCK, 1000", "ALL_TRAINABLE, 1000", "LAST_BLOCK, 20", "ALL_TRAINABLE, 20"})
  void comparesTheGradientsOfTheScopesLayers(GradientScope scope, int microBatchTokens) {
    gradients.close();
    gradients = open(scope, 0, microBatchTokens);

    GramMatrix gram = gradients.measure(PpoFixture.batch()).gram();

    double[][] expected = productsOfSingleBackwards(scope);
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        double scale = Math.sqrt(expected[i][i] * expected[j][j]);
        assertThat(gram.at(i, j)).isCloseTo(expected[i][j], within(1e-4 * scale));
      }
    }
  }

  @Test
  void thePenaltyBesideTheObjectivesIsAsStrongAsInsideAndNotWeighed() {
    PpoSettings without = PpoFixture.settings(AdvantageKind.GAE, 20, 0);
    PpoSettings with = PpoFixture.settings(AdvantageKind.GAE, 20);
    double sum = Arrays.stream(PpoFixture.weights()).sum();

    reopen(without);
    GramMatrix gram = gradients.measure(PpoFixture.batch()).gram();
    double[][] expected =
        doubles(gradients.backward(PpoFixture.weights(), PpoFixture.KL_COEFFICIENT * sum));
    reopen(PpoVariants.withKl(with, KlPlacement.OUTSIDE));

    assertThat(gradients.measure(PpoFixture.batch()).gram()).isEqualTo(gram);
    double[][] actual = doubles(gradients.backward(PpoFixture.weights(), 0));
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).containsExactly(expected[i], within(1e-6));
    }
  }

  @ParameterizedTest
  @EnumSource(KlPlacement.class)
  void aBatchsOwnPenaltyIsThatOfSettingsWithIt(KlPlacement placement) {
    PpoSettings other =
        PpoVariants.withKl(PpoFixture.settings(AdvantageKind.GAE, 20, 0.3), placement);
    reopen(other);
    MeasuredBatch wanted = gradients.measure(PpoFixture.batch());
    List<NamedTensor> expected = gradients.backward(PpoFixture.weights(), 0);
    reopen(PpoVariants.withKl(PpoFixture.settings(AdvantageKind.GAE, 20), placement));

    MeasuredBatch measured = gradients.measure(PpoFixture.batch(), OptionalDouble.of(0.3));

    assertThat(measured.gram()).isEqualTo(wanted.gram());
    assertThat(measured.statistics().policy()).isEqualTo(wanted.statistics().policy());
    assertThat(measured.statistics().policy().klCoefficient()).isEqualTo(0.3);
    assertThat(gradients.backward(PpoFixture.weights(), 0)).isEqualTo(expected);
    assertThat(gradients.measure(PpoFixture.batch()).statistics().policy().klCoefficient())
        .isEqualTo(PpoFixture.KL_COEFFICIENT);
  }

  @Test
  void whitenedAdvantagesDoNotKnowTheScaleOfTheScores() {
    reopen(PpoVariants.whitened(PpoFixture.settings(AdvantageKind.GROUP_RELATIVE, 20, 0)));
    GramMatrix gram = gradients.measure(PpoFixture.batch()).gram();
    List<ScoredRollout> tenfold =
        PpoFixture.batch().stream()
            .map(
                each ->
                    new ScoredRollout(
                        each.rollout(),
                        Arrays.stream(each.scores()).map(score -> 10 * score).toArray()))
            .toList();

    GramMatrix ofTenfold = gradients.measure(tenfold).gram();

    for (int i = 0; i < 3; i++) {
      assertThat(ofTenfold.at(i, i)).isCloseTo(gram.at(i, i), withinPercentage(0.01));
    }
  }

  private void reopen(PpoSettings settings) {
    gradients.close();
    gradients = PpoFixture.open(settings);
  }

  @Test
  void auditsEveryFewVersionsOverEverythingTrainable() {
    gradients.close();
    gradients = open(GradientScope.LAST_LAYER, 2, 20);

    GramMatrix full = gradients.measure(PpoFixture.batch()).fullGram().orElseThrow();

    double[][] expected = productsOfSingleBackwards(GradientScope.ALL_TRAINABLE);
    assertThat(full.at(0, 1))
        .isCloseTo(expected[0][1], within(1e-4 * Math.sqrt(expected[0][0] * expected[1][1])));
    PolicySnapshot odd = PpoFixture.adopted();
    gradients.adopt(new PolicySnapshot(odd.version().next(), odd.epoch(), odd.tensors()));
    assertThat(gradients.measure(PpoFixture.batch()).fullGram()).isEmpty();
  }

  private static TorchPolicyGradients open(GradientScope scope, int auditEvery, int tokens) {
    return PpoFixture.open(
        PpoVariants.withScope(PpoFixture.settings(AdvantageKind.GAE, tokens), scope, auditEvery));
  }

  /** The value heads' part of every backward pass is that of one without weights. */
  private double[][] productsOfSingleBackwards(GradientScope scope) {
    double[][][] single = new double[3][][];
    for (int m = 0; m < 3; m++) {
      double[] weights = new double[3];
      weights[m] = 1;
      single[m] = doubles(backward(weights, 0));
    }
    List<String> names = backward(new double[3], 0).stream().map(NamedTensor::name).toList();
    double[][] products = new double[3][3];
    for (int tensor = 0; tensor < names.size(); tensor++) {
      if (!isIn(scope, names.get(tensor))) {
        continue;
      }
      for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
          for (int k = 0; k < single[i][tensor].length; k++) {
            products[i][j] += single[i][tensor][k] * single[j][tensor][k];
          }
        }
      }
    }
    return products;
  }

  /** The fixture's policy has two blocks, and its output layer is the embedding. */
  private static boolean isIn(GradientScope scope, String name) {
    return switch (scope) {
      // Its use as embedding counts in the backward pass and not in the last layer's products.
      case LAST_LAYER -> throw new IllegalArgumentException("not comparable");
      case LAST_BLOCK ->
          name.equals("model.embed_tokens.weight")
              || name.equals("model.norm.weight")
              || name.startsWith("model.layers.1.");
      case ALL_TRAINABLE -> !name.startsWith("value_heads.");
    };
  }

  @ParameterizedTest
  @EnumSource(AdvantageKind.class)
  void isLinearInTheWeights(AdvantageKind kind) {
    reopen(kind, 20);
    List<NamedTensor> valuesOnly = backward(new double[3], 0);
    List<NamedTensor> together = backward(PpoFixture.weights(), PpoFixture.KL_WEIGHT);

    double[][] sums = doubles(valuesOnly);
    for (int m = 0; m < 3; m++) {
      double[] single = new double[3];
      single[m] = 1;
      addScaled(sums, PpoFixture.weights()[m], backward(single, 0), valuesOnly);
    }
    addScaled(sums, PpoFixture.KL_WEIGHT, backward(new double[3], 1), valuesOnly);

    double[][] actual = doubles(together);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).containsExactly(sums[i], within(5e-5));
    }
  }

  @Test
  void trainsOnlyValueHeadsWhenAllWeightsAreZero() {
    for (NamedTensor gradient : backward(new double[3], 0)) {
      float[] values = TensorValues.toFloats(gradient);
      if (gradient.name().startsWith("value_heads.")) {
        assertThat(values).as(gradient.name()).doesNotContain(0f);
      } else {
        assertThat(values).as(gradient.name()).containsOnly(0f);
      }
    }
  }

  @Test
  void leavesValueHeadsAloneWhenAdvantagesAreGroupRelative() {
    reopen(AdvantageKind.GROUP_RELATIVE, ALL_TOGETHER);

    for (NamedTensor gradient : backward(PpoFixture.weights(), 1)) {
      if (gradient.name().startsWith("value_heads.")) {
        assertThat(TensorValues.toFloats(gradient)).as(gradient.name()).containsOnly(0f);
      }
    }
  }

  @Test
  void startsFromValueHeadsOfZeroAndItsReference() {
    gradients.close();
    gradients =
        PpoFixture.openInitial(
            PpoFixture.settings(AdvantageKind.GAE, ALL_TOGETHER), TorchSettings.cpu(1));

    StepStatistics statistics = gradients.measure(PpoFixture.batch()).statistics();

    assertThat(statistics.policy().kl()).isCloseTo(0, within(1e-6));
  }

  @ParameterizedTest
  @EnumSource(AdvantageKind.class)
  void namesTheObjectiveWhoseScoreIsNotANumberAndContinues(AdvantageKind kind) {
    reopen(kind, ALL_TOGETHER);
    List<ScoredRollout> poisoned = new ArrayList<>(PpoFixture.batch());
    double[] scores = poisoned.get(2).scores().clone();
    scores[1] = Double.NaN;
    poisoned.set(2, new ScoredRollout(poisoned.get(2).rollout(), scores));

    assertThatThrownBy(() -> gradients.measure(poisoned))
        .isInstanceOf(NonFiniteObjectiveException.class)
        .hasMessageContaining("'harmless'");

    assertThat(NativeResources.countIn(gradients.nativeMemory())).isZero();
    assertThatThrownBy(() -> gradients.backward(PpoFixture.weights(), 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no measured batch");
    assertThat(gradients.measure(PpoFixture.batch()).statistics().rollouts()).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.NEGATIVE_INFINITY})
  void refusesRatiosThatAreNotFinite(float behavior) {
    List<ScoredRollout> poisoned = new ArrayList<>(PpoFixture.batch());
    Rollout rollout = poisoned.get(3).rollout();
    float[] logProbs = rollout.behaviorLogProbs().clone();
    logProbs[1] = behavior;
    poisoned.set(
        3, new ScoredRollout(with(rollout, rollout.responseTokens(), logProbs), new double[3]));

    assertThatThrownBy(() -> gradients.measure(poisoned))
        .isInstanceOf(NonFiniteObjectiveException.class)
        .hasMessageContaining("'helpful'");
  }

  @Test
  void refusesAPolicyThatHasGoneNaN() {
    List<NamedTensor> tensors = new ArrayList<>(PpoFixture.adopted().tensors());
    float[] norm = TensorValues.toFloats(tensors.get(1));
    norm[0] = Float.NaN;
    tensors.set(1, TensorValues.tensor(tensors.get(1).name(), tensors.get(1).shape(), norm));
    gradients.adopt(new PolicySnapshot(new PolicyVersion(5), 1, tensors));

    assertThatThrownBy(() -> gradients.measure(PpoFixture.batch()))
        .isInstanceOf(NonFiniteObjectiveException.class);
  }

  @Test
  void adoptsANewPolicyOnlyAfterTheMeasuredBatch() {
    List<NamedTensor> before = backward(PpoFixture.weights(), 0);
    PolicySnapshot adopted = PpoFixture.adopted();
    List<NamedTensor> zeros =
        adopted.tensors().stream()
            .map(t -> new NamedTensor(t.name(), t.dataType(), t.shape(), new byte[t.data().length]))
            .toList();

    gradients.measure(PpoFixture.batch());
    gradients.adopt(new PolicySnapshot(new PolicyVersion(9), 1, zeros));
    List<NamedTensor> during = gradients.backward(PpoFixture.weights(), 0);
    StepStatistics after = gradients.measure(PpoFixture.batch()).statistics();

    assertThat(during).isEqualTo(before);
    assertThat(after.policy().entropy()).isCloseTo(Math.log(24), within(1e-5));
    assertThat(after.staleness().max()).isEqualTo(6);
  }

  @Test
  void refusesASnapshotOfAnotherModel() {
    PolicySnapshot adopted = PpoFixture.adopted();
    List<NamedTensor> less = adopted.tensors().subList(1, adopted.tensors().size());
    List<NamedTensor> more = new ArrayList<>(adopted.tensors());
    more.add(TensorValues.tensor("lm_head.weight", new long[] {1}, 1));

    assertThatThrownBy(() -> gradients.adopt(new PolicySnapshot(adopted.version(), 1, less)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("model.embed_tokens.weight");
    assertThatThrownBy(() -> gradients.adopt(new PolicySnapshot(adopted.version(), 1, more)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lm_head.weight");
  }

  @Test
  void refusesABatchThatItCannotMeasure() {
    ScoredRollout scored = PpoFixture.batch().get(0);
    Rollout rollout = scored.rollout();
    Rollout foreign = with(rollout, new int[] {24}, new float[1]);
    Rollout tooLong = with(rollout, new int[29], new float[29]);

    assertThatThrownBy(() -> gradients.measure(List.of())).hasMessageContaining("empty");
    assertThatThrownBy(() -> gradients.measure(List.of(new ScoredRollout(rollout, new double[2]))))
        .hasMessageContainingAll("a#0", "2 scores");
    assertThatThrownBy(() -> gradients.measure(List.of(new ScoredRollout(foreign, new double[3]))))
        .hasMessageContainingAll("a#0", "token 24");
    assertThatThrownBy(() -> gradients.measure(List.of(new ScoredRollout(tooLong, new double[3]))))
        .hasMessageContainingAll("a#0", "33 tokens", "at most 32");
  }

  @Test
  void refusesWeightsThatDoNotFit() {
    gradients.measure(PpoFixture.batch());

    assertThatThrownBy(() -> gradients.backward(new double[2], 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a weight for each");
  }

  @Test
  void keepsNoNativeMemoryBetweenBatches() {
    List<ScoredRollout> batch = PpoFixture.batch();
    backward(PpoFixture.weights(), 0);
    long before = NativeResources.countAround(gradients.nativeMemory());

    for (int step = 0; step < 200; step++) {
      gradients.measure(batch);
      switch (step % 3) {
        case 0 -> gradients.backward(PpoFixture.weights(), 0.1);
        case 1 -> gradients.discard();
        default -> gradients.adopt(PpoFixture.adopted());
      }
    }
    gradients.discard();

    assertThat(NativeResources.countAround(gradients.nativeMemory())).isEqualTo(before);
  }

  private List<NamedTensor> backward(double[] weights, double klWeight) {
    gradients.measure(PpoFixture.batch());
    return gradients.backward(weights, klWeight);
  }

  private static Rollout with(Rollout rollout, int[] response, float[] behavior) {
    return new Rollout(
        rollout.promptId(),
        rollout.sampleIndex(),
        rollout.prompt(),
        rollout.response(),
        rollout.promptTokens(),
        response,
        behavior,
        new long[response.length],
        rollout.finishReason(),
        rollout.seed());
  }

  private static double[][] doubles(List<NamedTensor> tensors) {
    return tensors.stream()
        .map(
            tensor -> {
              float[] values = TensorValues.toFloats(tensor);
              double[] wide = new double[values.length];
              for (int i = 0; i < wide.length; i++) {
                wide[i] = values[i];
              }
              return wide;
            })
        .toArray(double[][]::new);
  }

  /** {@code sums += weight × (terms − base)}. */
  private static void addScaled(
      double[][] sums, double weight, List<NamedTensor> terms, List<NamedTensor> base) {
    double[][] wide = doubles(terms);
    double[][] offset = doubles(base);
    for (int i = 0; i < sums.length; i++) {
      for (int j = 0; j < sums[i].length; j++) {
        sums[i][j] += weight * (wide[i][j] - offset[i][j]);
      }
    }
  }

  private static void assertClose(NamedTensor actual, NamedTensor expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    float[] values = TensorValues.toFloats(actual);
    float[] wanted = TensorValues.toFloats(expected);
    float largest = 0;
    for (float value : wanted) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i])
          .as("%s[%d]", actual.name(), i)
          .isCloseTo(wanted[i], within(1e-5f * largest));
    }
  }

  private static void assertClose(double actual, JsonNode expected) {
    assertThat(actual)
        .isCloseTo(
            expected.doubleValue(), within(2e-5 * Math.max(1, Math.abs(expected.doubleValue()))));
  }
}
