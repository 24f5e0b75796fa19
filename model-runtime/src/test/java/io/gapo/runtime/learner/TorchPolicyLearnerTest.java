package io.gapo.runtime.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.lineage.AppliedUpdate;
import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.NonFiniteGradientException;
import io.gapo.runtime.checkpoint.DirectoryInUseException;
import io.gapo.runtime.gradients.NativeResources;
import io.gapo.runtime.gradients.PpoFixture;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.torch.TorchSettings;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchPolicyLearnerTest {

  private static final LearnerSettings SETTINGS =
      new LearnerSettings(
          PpoFixture.OBJECTIVES,
          new LearningRates(1e-2, 1e-1, LearningRateSchedule.cosine(2, 100)),
          AdamWSettings.DEFAULT,
          2);

  private final SplittableRandom random = new SplittableRandom(17);
  private Path checkpoints;
  private TorchPolicyLearner learner;

  @BeforeEach
  void open(@TempDir Path directory) {
    checkpoints = directory;
    learner = open(SETTINGS);
  }

  @AfterEach
  void close() {
    learner.close();
  }

  private TorchPolicyLearner open(LearnerSettings settings) {
    return open(PpoFixture.policy(), settings);
  }

  private TorchPolicyLearner open(Path policy, LearnerSettings settings) {
    return TorchPolicyLearner.open(
        InitialPolicy.whole(policy), checkpoints, settings, TorchSettings.cpu(1), Optional.empty());
  }

  @Test
  void startsFromThePolicyWithValueHeadsOfZero() {
    List<NamedTensor> tensors = learner.tensors();

    assertThat(tensors).extracting(NamedTensor::name).contains("value_heads.concise.bias");
    for (NamedTensor tensor : tensors) {
      boolean isHead = tensor.name().startsWith("value_heads.");
      assertThat(sumOfSquares(tensor) == 0).as(tensor.name()).isEqualTo(isHead);
    }
    assertThat(learner.restore()).isEmpty();
  }

  @Test
  void movesEachElementByTheLearningRateInItsFirstStep() {
    List<NamedTensor> before = learner.tensors();
    List<NamedTensor> gradient = gradient(1e-3);

    AppliedUpdate update = learner.apply(List.of(gradient));

    assertThat(update.learningRate()).isEqualTo(0.5 * 1e-2);
    assertThat(update.gradientNorm()).isCloseTo(policyNorm(gradient), within(1e-6));
    List<NamedTensor> after = learner.tensors();
    for (int i = 0; i < after.size(); i++) {
      float rate = after.get(i).name().startsWith("value_heads.") ? 0.05f : 0.005f;
      float[] now = TensorValues.toFloats(after.get(i));
      float[] then = TensorValues.toFloats(before.get(i));
      float[] slope = TensorValues.toFloats(gradient.get(i));
      for (int j = 0; j < now.length; j++) {
        assertThat(now[j])
            .isCloseTo(then[j] - rate * Math.signum(slope[j]), within(2e-3f * rate + 1e-6f));
      }
    }
  }

  @Test
  void sumsTheCollectorsParts() {
    List<NamedTensor> a = gradient(0.1);
    List<NamedTensor> b = gradient(0.1);
    List<NamedTensor> sum = new ArrayList<>();
    for (int i = 0; i < a.size(); i++) {
      float[] values = TensorValues.toFloats(a.get(i));
      float[] others = TensorValues.toFloats(b.get(i));
      for (int j = 0; j < values.length; j++) {
        values[j] += others[j];
      }
      sum.add(TensorValues.tensor(a.get(i).name(), a.get(i).shape(), values));
    }
    learner.apply(List.of(a, shuffled(b)));
    List<NamedTensor> ofParts = learner.tensors();
    learner.close();
    learner = open(SETTINGS);

    learner.apply(List.of(sum));

    assertThat(learner.tensors()).isEqualTo(ofParts);
  }

  @Test
  void goesOnBitForBitAfterARestore() {
    CheckpointState state = state(3);
    for (int step = 0; step < 3; step++) {
      learner.apply(List.of(gradient(1)));
    }
    learner.save(state);
    List<NamedTensor> next = gradient(1);
    AppliedUpdate update = learner.apply(List.of(next));
    List<NamedTensor> expected = learner.tensors();
    learner.close();
    learner = open(SETTINGS);

    Optional<CheckpointState> restored = learner.restore();
    AppliedUpdate again = learner.apply(List.of(next));

    assertThat(restored).contains(state);
    assertThat(again).isEqualTo(update);
    assertThat(learner.tensors()).isEqualTo(expected);
  }

  @Test
  void changesNothingWhenAGradientIsNotFinite() {
    learner.apply(List.of(gradient(1)));
    List<NamedTensor> before = learner.tensors();
    List<NamedTensor> bad = gradient(1);
    int last = bad.size() - 1;
    float[] values = TensorValues.toFloats(bad.get(last));
    values[0] = Float.NaN;
    bad.set(last, TensorValues.tensor(bad.get(last).name(), bad.get(last).shape(), values));
    learner.save(state(1));

    assertThatThrownBy(() -> learner.apply(List.of(bad)))
        .isInstanceOf(NonFiniteGradientException.class)
        .hasMessageContaining("value_heads.concise.bias");

    assertThat(learner.tensors()).isEqualTo(before);
    List<NamedTensor> good = gradient(1);
    learner.apply(List.of(good));
    List<NamedTensor> after = learner.tensors();
    learner.restore();
    learner.apply(List.of(good));
    assertThat(learner.tensors()).isEqualTo(after);
  }

  @Test
  void refusesPartsOfAnotherModel() {
    List<NamedTensor> gradient = gradient(1);
    List<NamedTensor> reshaped = new ArrayList<>(gradient);
    reshaped.set(0, TensorValues.tensor(gradient.get(0).name(), new long[] {1}, 1));

    assertThatThrownBy(() -> learner.apply(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one part");
    assertThatThrownBy(() -> learner.apply(List.of(gradient.subList(1, gradient.size()))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("missing");
    assertThatThrownBy(() -> learner.apply(List.of(gradient, reshaped)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shape");
  }

  @Test
  void keepsNoNativeMemoryBetweenUpdates() {
    List<NamedTensor> gradient = gradient(1);
    learner.apply(List.of(gradient, gradient));
    long before = NativeResources.countAround(learner.nativeMemory());

    for (int step = 0; step < 200; step++) {
      learner.apply(List.of(gradient, gradient));
    }
    learner.tensors();
    learner.save(state(1));

    assertThat(NativeResources.countAround(learner.nativeMemory())).isEqualTo(before);
  }

  @Test
  void lendsItsDirectoryToNoOther() {
    assertThatThrownBy(() -> open(SETTINGS)).isInstanceOf(DirectoryInUseException.class);
  }

  @Test
  void givesItsDirectoryBackWhenThePolicyCannotBeLoaded() {
    learner.close();
    Path nowhere = checkpoints.resolve("nowhere");

    assertThatThrownBy(() -> open(nowhere, SETTINGS))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("nowhere");

    learner = open(SETTINGS);
  }

  @Test
  void saysThatACheckpointIsOfOtherObjectives() {
    learner.save(state(1));
    learner.close();
    learner =
        open(
            new LearnerSettings(
                List.of("helpful", "kind"),
                new LearningRates(1, 1, LearningRateSchedule.constant()),
                AdamWSettings.DEFAULT,
                1));

    assertThatThrownBy(() -> learner.restore())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll(checkpoints.toString(), "value_heads.kind.weight");
  }

  private static CheckpointState state(long version) {
    return new CheckpointState(new PolicyVersion(version), 1, Optional.empty(), Map.of("t-0", 5L));
  }

  private List<NamedTensor> gradient(double scale) {
    List<NamedTensor> gradient = new ArrayList<>();
    for (NamedTensor tensor : learner.tensors()) {
      float[] values = new float[tensor.data().length / 4];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (scale * (random.nextBoolean() ? 1 : -1) * (0.5 + random.nextDouble()));
      }
      gradient.add(TensorValues.tensor(tensor.name(), tensor.shape(), values));
    }
    return gradient;
  }

  private static List<NamedTensor> shuffled(List<NamedTensor> tensors) {
    List<NamedTensor> reversed = new ArrayList<>(tensors);
    Collections.reverse(reversed);
    return reversed;
  }

  private static double policyNorm(List<NamedTensor> gradient) {
    return Math.sqrt(
        gradient.stream()
            .filter(tensor -> !tensor.name().startsWith("value_heads."))
            .mapToDouble(TorchPolicyLearnerTest::sumOfSquares)
            .sum());
  }

  private static double sumOfSquares(NamedTensor tensor) {
    double sum = 0;
    for (float value : TensorValues.toFloats(tensor)) {
      sum += (double) value * value;
    }
    return sum;
  }
}
