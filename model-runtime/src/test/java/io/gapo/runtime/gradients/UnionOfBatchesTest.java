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
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.DirectionChoice;
import io.gapo.core.step.MeasuredBatch;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.StepId;
import io.gapo.core.step.UpdateDirection;
import io.gapo.runtime.safetensors.TensorValues;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two collectors' batches, of unequal size, against one batch of both. */
class UnionOfBatchesTest {

  private static final int FIRST = 4;
  private static final CountSketch SKETCH = new CountSketch(64, 0x9e3779b97f4a7c15L);

  private final DirectionChoice choice =
      new DirectionChoice(new GradientAdaptive(1), new KlWatch(1000));
  private final TorchPolicyGradients whole = open(900_000);
  private final TorchPolicyGradients one = open(900_000);
  private final TorchPolicyGradients other = open(900_000);

  @AfterEach
  void free() {
    whole.close();
    one.close();
    other.close();
  }

  @Test
  void partsAddUpToTheGradientOfTheUnion() {
    List<ScoredRollout> batch = PpoFixture.batch();
    ObjectiveGradients all = measure(whole, batch, "all");
    UpdateDirection wanted = choice.choose(all);

    ObjectiveGradients a = measure(one, batch.subList(0, FIRST), "a");
    ObjectiveGradients b = measure(other, batch.subList(FIRST, batch.size()), "b");

    List<UpdateDirection> found = choice.chooseForAll(List.of(a, b));

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
    return PpoFixture.open(
        PpoVariants.withSum(
            PpoFixture.settings(AdvantageKind.GAE, 20), new GradientSum(exactBytes, SKETCH)));
  }
}
