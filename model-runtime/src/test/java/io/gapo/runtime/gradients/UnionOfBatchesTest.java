package io.gapo.runtime.gradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.combine.CountSketch;
import io.gapo.core.combine.GradientAdaptive;
import io.gapo.core.combine.LinearGradients;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.ppo.KlWatch;
import io.gapo.core.ppo.LossAggregation;
import io.gapo.core.ppo.RatioCorrection;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.DirectionChoice;
import io.gapo.core.step.MeasuredBatch;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.StepId;
import io.gapo.core.step.StepStatistics;
import io.gapo.core.step.UpdateDirection;
import io.gapo.runtime.safetensors.TensorValues;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two collectors' batches, of unequal size, against one batch of both. */
class UnionOfBatchesTest {

  private static final int FIRST = 4;
  private static final CountSketch SKETCH = new CountSketch(64, 0x9e3779b97f4a7c15L);

  private final DirectionChoice choice =
      new DirectionChoice(new GradientAdaptive(1), new KlWatch(1000));

  @ParameterizedTest
  @EnumSource(LossAggregation.class)
  void partsAddUpToTheGradientOfTheUnion(LossAggregation aggregation) {
    partsAddUp(RatioCorrection.clip(), aggregation);
  }

  @ParameterizedTest
  @EnumSource(LossAggregation.class)
  void partsAddUpWithARegularisationToo(LossAggregation aggregation) {
    partsAddUp(new RatioCorrection.Divergence(0.02, 0.5), aggregation);
  }

  private void partsAddUp(RatioCorrection correction, LossAggregation aggregation) {
    PpoSettings settings =
        PpoVariants.withCorrection(
            PpoVariants.withAggregation(settings(900_000), aggregation), correction);
    try (TorchPolicyGradients whole = PpoFixture.open(settings);
        TorchPolicyGradients one = PpoFixture.open(settings);
        TorchPolicyGradients other = PpoFixture.open(settings)) {
      partsAddUp(whole, one, other);
    }
  }

  private void partsAddUp(
      TorchPolicyGradients whole, TorchPolicyGradients one, TorchPolicyGradients other) {
    List<ScoredRollout> batch = PpoFixture.batch();
    ObjectiveGradients all = measure(whole, batch, "all");
    UpdateDirection wanted = choice.choose(all);

    ObjectiveGradients a = measure(one, batch.subList(0, FIRST), "a");
    ObjectiveGradients b = measure(other, batch.subList(FIRST, batch.size()), "b");

    List<UpdateDirection> found = choice.chooseForAll(List.of(a, b));

    StepStatistics union = StepStatistics.of(List.of(a.statistics(), b.statistics()));
    for (int i = 0; i < 3; i++) {
      assertThat(union.perObjective().get(i).loss())
          .isCloseTo(all.statistics().perObjective().get(i).loss(), within(1e-5));
    }
    assertThat(union.ratios().tokens().mismatchKl())
        .isCloseTo(all.statistics().ratios().tokens().mismatchKl(), within(1e-6));
    assertThat(union.ratios().tokens().maskedShare())
        .isCloseTo(all.statistics().ratios().tokens().maskedShare(), within(1e-12));
    double[] alpha = wanted.combination().alpha();
    assertThat(found.get(0).combination().alpha()).containsExactly(alpha, within(1e-4));
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        double scale = all.gram().norm(i) * all.gram().norm(j);
        assertThat(found.get(0).gram().at(i, j))
            .isCloseTo(all.gram().at(i, j), within(1e-5 * scale));
      }
    }
    double[] weights = found.get(0).combination().weights();
    List<NamedTensor> expected = whole.backward(weights, PpoFixture.KL_WEIGHT);
    List<NamedTensor> ofOne =
        one.backward(weights, PpoFixture.KL_WEIGHT, found.get(0).shareOf(a.statistics()));
    List<NamedTensor> ofOther =
        other.backward(weights, PpoFixture.KL_WEIGHT, found.get(1).shareOf(b.statistics()));
    for (int i = 0; i < expected.size(); i++) {
      float[] sum = add(TensorValues.toFloats(ofOne.get(i)), TensorValues.toFloats(ofOther.get(i)));
      float[] exact = TensorValues.toFloats(expected.get(i));
      double norm =
          Math.sqrt(
              IntStream.range(0, exact.length)
                  .mapToDouble(k -> (double) exact[k] * exact[k])
                  .sum());
      for (int k = 0; k < sum.length; k++) {
        assertThat((double) sum[k])
            .as(expected.get(i).name())
            .isCloseTo(exact[k], within(1e-4 * norm + 1e-7));
      }
    }
  }

  @Test
  void theScriptSketchesAsCoreDoes() {
    float[][] exact = linear(900_000).rows();
    LinearGradients sketched = linear(0);

    assertThat(sketched.sketch()).isEqualTo(SKETCH);
    assertThat(sketched.dimension()).isEqualTo(exact[0].length);
    for (int i = 0; i < exact.length; i++) {
      assertThat(sketched.rows()[i]).containsExactly(SKETCH.of(exact[i]), within(1e-6f));
    }
  }

  private static LinearGradients linear(long exactBytes) {
    try (TorchPolicyGradients gradients = open(exactBytes)) {
      return gradients.measure(PpoFixture.batch()).linear().orElseThrow();
    }
  }

  private static ObjectiveGradients measure(
      TorchPolicyGradients gradients, List<ScoredRollout> batch, String collector) {
    MeasuredBatch measured = gradients.measure(batch);
    return new ObjectiveGradients(
        new StepId(new PolicyVersion(4), 0, collector), measured, List.of(), MethodMemory.NONE);
  }

  private static float[] add(float[] first, float[] second) {
    float[] sum = new float[first.length];
    for (int k = 0; k < sum.length; k++) {
      sum[k] = first[k] + second[k];
    }
    return sum;
  }

  private static TorchPolicyGradients open(long exactBytes) {
    return PpoFixture.open(settings(exactBytes));
  }

  private static PpoSettings settings(long exactBytes) {
    return PpoVariants.withSum(
        PpoFixture.settings(AdvantageKind.GAE, 20), new GradientSum(exactBytes, SKETCH));
  }
}
