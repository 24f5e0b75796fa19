package io.gapo.runtime.gradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.MeasuredBatch;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.lora.AdapterSource;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.lora.LoraSettings;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.torch.TorchSettings;
import io.gapo.runtime.trainable.GradientScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Less memory for graphs takes more time and changes nothing else. */
class RecomputedGraphsTest {

  private static final int MICRO_BATCH = 20;
  private static final double RELATIVE = 1e-6;

  @ParameterizedTest
  @EnumSource
  void givesTheSameGradients(AdvantageKind kind) {
    assertSame(PpoFixture.settings(kind, MICRO_BATCH), whole(), TorchSettings.cpu(1), RELATIVE);
  }

  @ParameterizedTest
  @EnumSource
  void comparesTheSameGradients(GradientScope scope) {
    PpoSettings settings =
        PpoVariants.withScope(PpoFixture.settings(AdvantageKind.GAE, MICRO_BATCH), scope, 0);

    assertSame(settings, whole(), TorchSettings.cpu(1), RELATIVE);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, MICRO_BATCH, 1000})
  void givesAnAdapterTheSameGradients(int microBatch) {
    assertSame(
        PpoFixture.settings(AdvantageKind.GAE, microBatch),
        adapter(),
        TorchSettings.cpu(1),
        RELATIVE);
  }

  @ParameterizedTest
  @EnumSource(names = "F32", mode = EnumSource.Mode.EXCLUDE)
  void staysCloseInHalfPrecision(DataType type) {
    assertSame(
        PpoVariants.unclipped(PpoFixture.settings(AdvantageKind.GAE, MICRO_BATCH)),
        whole(),
        new TorchSettings("cpu", type, 1),
        0.05);
  }

  /** Keeping all graphs, keeping some, keeping none, and running layer by layer. */
  private static void assertSame(
      PpoSettings settings, InitialPolicy policy, TorchSettings torch, double relative) {
    Step kept = step(settings, policy, torch, Long.MAX_VALUE, Set.of(GraphUse.KEPT));
    long largest = largestPack(settings, torch.dataType());
    List<Step> others = new ArrayList<>();
    others.add(step(settings, policy, torch, 0, Set.of(GraphUse.BY_LAYERS)));
    if (settings.memory().microBatchTokens() == MICRO_BATCH) {
      others.add(step(settings, policy, torch, largest, Set.of(GraphUse.KEPT, GraphUse.AGAIN)));
    }
    for (Step other : others) {
      for (int i = 0; i < settings.objectives().size(); i++) {
        for (int j = 0; j < settings.objectives().size(); j++) {
          double scale = Math.sqrt(kept.measured.gram().at(i, i) * kept.measured.gram().at(j, j));
          assertThat(other.measured.gram().at(i, j))
              .isCloseTo(kept.measured.gram().at(i, j), within(relative * scale));
        }
      }
      for (int i = 0; i < kept.gradients.size(); i++) {
        assertClose(other.gradients.get(i), kept.gradients.get(i), relative);
      }
    }
  }

  private static void assertClose(NamedTensor actual, NamedTensor expected, double relative) {
    assertThat(actual.name()).isEqualTo(expected.name());
    float[] values = TensorValues.toFloats(expected);
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    float[] others = TensorValues.toFloats(actual);
    for (int k = 0; k < values.length; k++) {
      assertThat((double) others[k])
          .as("%s[%s]", actual.name(), k)
          .isCloseTo(values[k], within(relative * Math.max(largest, 1)));
    }
  }

  private record Step(MeasuredBatch measured, List<NamedTensor> gradients) {}

  private static Step step(
      PpoSettings settings,
      InitialPolicy policy,
      TorchSettings torch,
      long graphBytes,
      Set<GraphUse> uses) {
    StepMemory memory = new StepMemory(settings.memory().microBatchTokens(), graphBytes);
    assertThat(plan(settings, torch.dataType(), graphBytes)).hasSameElementsAs(uses);
    try (TorchPolicyGradients gradients =
        TorchPolicyGradients.open(policy, settings.with(memory), torch, Optional.empty())) {
      gradients.adopt(
          policy.adapter().isPresent() ? trainedAdapter(gradients) : PpoFixture.adopted());
      MeasuredBatch measured = gradients.measure(PpoFixture.batch());
      return new Step(measured, gradients.backward(PpoFixture.weights(), PpoFixture.KL_WEIGHT));
    }
  }

  /** A fresh adapter's second matrices are zeros, and so would be the gradients of the first. */
  private static PolicySnapshot trainedAdapter(TorchPolicyGradients gradients) {
    gradients.measure(PpoFixture.batch());
    SplittableRandom random = new SplittableRandom(3);
    List<NamedTensor> tensors = new ArrayList<>();
    for (NamedTensor shaped : gradients.backward(PpoFixture.weights(), 0)) {
      float[] values = TensorValues.toFloats(shaped);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (0.1 * random.nextGaussian());
      }
      tensors.add(TensorValues.tensor(shaped.name(), shaped.shape(), values));
    }
    return new PolicySnapshot(new PolicyVersion(1), 1, tensors);
  }

  private static List<GraphUse> plan(PpoSettings settings, DataType type, long graphBytes) {
    return new GraphMemory(LlamaConfig.read(PpoFixture.policy()), type, graphBytes)
        .plan(packs(settings));
  }

  private static long largestPack(PpoSettings settings, DataType type) {
    GraphMemory memory = new GraphMemory(LlamaConfig.read(PpoFixture.policy()), type, 0);
    return packs(settings).stream().mapToLong(memory::bytes).max().orElseThrow();
  }

  private static List<PackedRollouts> packs(PpoSettings settings) {
    return PackedRollouts.pack(
        PpoFixture.batch().stream().map(ScoredRollout::rollout).toList(),
        settings.memory().microBatchTokens());
  }

  private static InitialPolicy whole() {
    return InitialPolicy.whole(PpoFixture.policy());
  }

  private static InitialPolicy adapter() {
    LoraSettings lora = new LoraSettings(2, 4, LoraSettings.TARGETS);
    return new InitialPolicy(PpoFixture.policy(), Optional.of(new AdapterSource.Fresh(lora, 1)));
  }
}
