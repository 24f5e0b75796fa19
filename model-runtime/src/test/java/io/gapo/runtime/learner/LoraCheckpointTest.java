package io.gapo.runtime.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.lineage.AppliedUpdate;
import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.runtime.checkpoint.Checkpoint;
import io.gapo.runtime.checkpoint.CheckpointDirectory;
import io.gapo.runtime.gradients.PpoFixture;
import io.gapo.runtime.lora.AdapterSource;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.lora.LoraSettings;
import io.gapo.runtime.lora.PeftAdapter;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.torch.TorchSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints of a run that trains adapters. */
class LoraCheckpointTest {

  private static final LoraSettings LORA = new LoraSettings(2, 4, List.of("q_proj", "down_proj"));
  private static final CheckpointState STATE =
      new CheckpointState(new PolicyVersion(3), 1, Optional.empty(), Map.of("t-0", 5L));

  private final SplittableRandom random = new SplittableRandom(5);

  @TempDir Path checkpoints = Path.of("set by JUnit");

  private TorchPolicyLearner open(Optional<LoraSettings> lora) {
    return TorchPolicyLearner.open(
        new InitialPolicy(
            PpoFixture.policy(), lora.map(settings -> new AdapterSource.Fresh(settings, 7))),
        checkpoints,
        new LearnerSettings(
            PpoFixture.OBJECTIVES,
            new LearningRates(1e-3, 1e-3, LearningRateSchedule.constant()),
            AdamWSettings.DEFAULT,
            2),
        TorchSettings.cpu(1),
        Optional.empty());
  }

  private List<NamedTensor> gradient(TorchPolicyLearner learner) {
    List<NamedTensor> gradient = new ArrayList<>();
    for (NamedTensor tensor : learner.tensors()) {
      float[] values = new float[TensorValues.toFloats(tensor).length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (random.nextDouble() - 0.5);
      }
      gradient.add(TensorValues.tensor(tensor.name(), tensor.shape(), values));
    }
    return gradient;
  }

  private void saveThreeSteps() {
    try (TorchPolicyLearner learner = open(Optional.of(LORA))) {
      for (int step = 0; step < 3; step++) {
        learner.apply(List.of(gradient(learner)));
      }
      learner.save(STATE);
    }
  }

  @Test
  void goesOnBitForBitAfterARestore() {
    List<NamedTensor> next;
    List<NamedTensor> expected;
    AppliedUpdate update;
    try (TorchPolicyLearner learner = open(Optional.of(LORA))) {
      for (int step = 0; step < 3; step++) {
        learner.apply(List.of(gradient(learner)));
      }
      learner.save(STATE);
      next = gradient(learner);
      update = learner.apply(List.of(next));
      expected = learner.tensors();
    }

    try (TorchPolicyLearner learner = open(Optional.of(LORA))) {
      assertThat(learner.restore()).contains(STATE);
      assertThat(learner.apply(List.of(next))).isEqualTo(update);
      assertThat(learner.tensors()).isEqualTo(expected);
    }
  }

  @Test
  void keepsTheAdapterAloneAndWhatItIs() {
    saveThreeSteps();

    Checkpoint newest = CheckpointDirectory.newest(checkpoints).orElseThrow();

    assertThat(newest.lora()).contains(LORA);
    assertThat(newest.model())
        .allMatch(
            tensor -> PeftAdapter.isOfAdapter(tensor) || tensor.name().startsWith("value_heads."))
        .anyMatch(PeftAdapter::isOfAdapter);
  }

  @Test
  void namesTheAlphaTheRankOrTheTargetsThatChanged() {
    saveThreeSteps();

    refuses(Optional.of(new LoraSettings(2, 8, LORA.targets())), "alpha=4.0", "alpha=8.0");
    refuses(Optional.of(new LoraSettings(3, 4, LORA.targets())), "rank=2", "rank=3");
    refuses(Optional.of(new LoraSettings(2, 4, List.of("q_proj"))), "[q_proj, down_proj]");
    refuses(Optional.empty(), "rank=2", "a policy trained as a whole");
  }

  private void refuses(Optional<LoraSettings> settings, String... named) {
    try (TorchPolicyLearner learner = open(settings)) {
      assertThatThrownBy(learner::restore)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(checkpoints.toString())
          .hasMessageContainingAll(named);
    }
  }
}
