package io.gapo.runtime.trainable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.gapo.core.lineage.AppliedUpdate;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.policy.TensorStorage;
import io.gapo.core.policy.TensorsReleasedException;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.MeasuredBatch;
import io.gapo.runtime.gradients.AdvantageKind;
import io.gapo.runtime.gradients.PpoFixture;
import io.gapo.runtime.gradients.TorchPolicyGradients;
import io.gapo.runtime.learner.AdamWSettings;
import io.gapo.runtime.learner.LearnerSettings;
import io.gapo.runtime.learner.LearningRateSchedule;
import io.gapo.runtime.learner.LearningRates;
import io.gapo.runtime.learner.TorchPolicyLearner;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** What is lent in native memory is what would have been copied, and gone when it says so. */
class HandoverTest {

  private static final LearnerSettings SETTINGS =
      new LearnerSettings(
          PpoFixture.OBJECTIVES,
          new LearningRates(1e-3, 1e-3, LearningRateSchedule.constant()),
          AdamWSettings.DEFAULT,
          2);

  private final List<ScoredRollout> batch = PpoFixture.batch();
  private final Handover handover = new Handover();
  private TorchPolicyGradients gradients;
  private TorchPolicyLearner learner;

  @BeforeEach
  void open(@TempDir Path directory) {
    gradients = gradients(Optional.of(handover));
    learner = learner(directory.resolve("lending"), Optional.of(handover));
  }

  @AfterEach
  void close() {
    gradients.close();
    learner.close();
    handover.close();
  }

  @Test
  void stepsAsOneDoesThatCopies(@TempDir Path directory) {
    try (TorchPolicyGradients copying = gradients(Optional.empty());
        TorchPolicyLearner copied = learner(directory.resolve("copying"), Optional.empty())) {
      for (int step = 0; step < 3; step++) {
        MeasuredBatch measured = gradients.measure(batch);
        assertThat(measured.gram()).isEqualTo(copying.measure(batch).gram());
        List<NamedTensor> lent = gradients.backward(PpoFixture.weights(), 0.01);
        List<NamedTensor> onHeap = copying.backward(PpoFixture.weights(), 0.01);
        assertThat(lent).isEqualTo(onHeap).noneMatch(HandoverTest::isOnHeap);
        assertThat(onHeap).allMatch(HandoverTest::isOnHeap);

        AppliedUpdate update = learner.apply(List.of(lent));

        assertThat(update).isEqualTo(copied.apply(List.of(onHeap)));
        assertThat(learner.tensors()).isEqualTo(copied.tensors());
        gradients.adopt(snapshot(step + 1, learner.tensors()));
        copying.adopt(snapshot(step + 1, copied.tensors()));
      }
    }
  }

  /** It is applied again if the version cannot be saved. */
  @Test
  void leavesALentGradientAsItIsThoughItClipsIt() {
    List<NamedTensor> lent = backward(gradients);
    List<NamedTensor> copy = lent.stream().map(NamedTensor::onHeap).toList();

    AppliedUpdate update = learner.apply(List.of(lent));

    assertThat(update.gradientNorm()).isGreaterThan(AdamWSettings.DEFAULT.maxGradientNorm());
    assertThat(lent).isEqualTo(copy);
  }

  @Test
  void addsALentPartToOneThatCame() {
    List<NamedTensor> lent = backward(gradients);
    List<NamedTensor> came = lent.stream().map(NamedTensor::onHeap).toList();

    AppliedUpdate update = learner.apply(List.of(came, lent));

    assertThat(update.gradientNorm()).isGreaterThan(0);
  }

  @Test
  void releasesWeightsWhenTheyChange() {
    PolicySnapshot before = snapshot(1, learner.tensors());
    gradients.adopt(before);
    MeasuredBatch measured = gradients.measure(batch);
    List<NamedTensor> heads = learner.tensors();

    learner.apply(List.of(backward(gradients)));

    assertThatThrownBy(() -> gradients.adopt(before))
        .isInstanceOf(TensorsReleasedException.class)
        .hasMessageContaining("the weights were lent")
        .hasMessageContaining("newer ones are made");
    assertThatThrownBy(() -> heads.get(0).data()).isInstanceOf(TensorsReleasedException.class);
    // Those in use are whole.
    assertThat(gradients.measure(batch).gram()).isEqualTo(measured.gram());
  }

  @Test
  void keepsWeightsLentWhenAGradientIsRefused() {
    List<NamedTensor> weights = learner.tensors();
    List<NamedTensor> released = backward(gradients);
    backward(gradients);

    assertThatThrownBy(() -> learner.apply(List.of(released)))
        .isInstanceOf(TensorsReleasedException.class)
        .hasMessageContaining("the gradients were lent");

    assertThat(weights).isEqualTo(learner.tensors().stream().map(NamedTensor::onHeap).toList());
  }

  @Test
  void lendsAGradientUntilTheNextWhateverBecomesOfTheModel() {
    List<NamedTensor> first = backward(gradients);
    List<NamedTensor> copy = first.stream().map(NamedTensor::onHeap).toList();
    gradients.close();
    assertThat(first).isEqualTo(copy);

    gradients = gradients(Optional.of(handover));
    List<NamedTensor> second = backward(gradients);

    assertThat(second).isEqualTo(copy);
    assertThatThrownBy(() -> first.get(0).data()).isInstanceOf(TensorsReleasedException.class);
  }

  @Test
  void lendsAGradientUntilANewerVersionIsAdopted() {
    gradients.adopt(snapshot(1, learner.tensors()));
    List<NamedTensor> gradient = backward(gradients);
    // From an optimizer that restarted, which still needs it.
    gradients.adopt(snapshot(1, learner.tensors()));
    assertThat(gradient.get(0).data()).isNotEmpty();

    learner.apply(List.of(gradient));
    gradients.adopt(snapshot(2, learner.tensors()));

    assertThatThrownBy(() -> gradient.get(0).data()).isInstanceOf(TensorsReleasedException.class);
  }

  @Test
  void keepsAGradientWhenAModelMadeAnewAdoptsItsVersionAgain() {
    gradients.adopt(snapshot(1, learner.tensors()));
    List<NamedTensor> gradient = backward(gradients);
    gradients.close();

    gradients = gradients(Optional.of(handover));
    gradients.adopt(snapshot(1, learner.tensors()));

    assertThat(learner.apply(List.of(gradient)).gradientNorm()).isGreaterThan(0);
  }

  /** This happens when an update reads a gradient while a model created again sends it again. */
  @Test
  @Timeout(value = 300, threadMode = ThreadMode.SEPARATE_THREAD)
  void withdrawsWeightsWhileTheNextGradientWaitsForWhoReadsTheLast() throws Exception {
    try (TorchRuntime runtime = TorchRuntime.start(TorchSettings.cpu(1))) {
      Handover shared = new Handover();
      List<NamedTensor> last = lend(shared, runtime);
      Thread collector = new Thread(() -> lend(shared, runtime));
      List<NamedTensor> weights = lendWeights(shared, runtime);

      Optional<Double> read =
          runtime
              .tensors()
              .whereLent(
                  last,
                  tensors -> {
                    collector.start();
                    awaitWaiting(collector);
                    shared.withdrawWeights();
                    return (double) tensors.get(0).getFloat(1);
                  });
      collector.join();

      assertThat(read).contains(1.0);
      assertThatThrownBy(() -> weights.get(0).data()).isInstanceOf(TensorsReleasedException.class);
      assertThatThrownBy(() -> last.get(0).data()).isInstanceOf(TensorsReleasedException.class);
      shared.close();
    }
  }

  private static List<NamedTensor> lend(Handover handover, TorchRuntime runtime) {
    NDArray tensor = runtime.newManager().ones(new Shape(3));
    return handover.gradient(PolicyVersion.INITIAL, List.of("w"), List.of(tensor));
  }

  private static List<NamedTensor> lendWeights(Handover handover, TorchRuntime runtime) {
    return handover.weights(List.of("w"), List.of(runtime.newManager().ones(new Shape(3))));
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  @Test
  void keepsWeightsThatWaitForAMeasuredBatch() {
    gradients.measure(batch);
    List<NamedTensor> gradient =
        learner.tensors().stream().map(NamedTensor::onHeap).toList(); // any of these shapes
    learner.apply(List.of(gradient));
    PolicySnapshot next = snapshot(1, learner.tensors());
    PolicySnapshot copy = next.onHeap();
    gradients.adopt(next);
    learner.apply(List.of(gradient));

    MeasuredBatch measured = gradients.measure(batch);

    try (TorchPolicyGradients other = gradients(Optional.empty())) {
      other.adopt(copy);
      assertThat(measured.gram()).isEqualTo(other.measure(batch).gram());
    }
  }

  private static boolean isOnHeap(NamedTensor tensor) {
    return tensor.storage() instanceof TensorStorage.Heap;
  }

  private List<NamedTensor> backward(TorchPolicyGradients of) {
    of.measure(batch);
    return of.backward(PpoFixture.weights(), 0);
  }

  private static PolicySnapshot snapshot(long version, List<NamedTensor> tensors) {
    return new PolicySnapshot(new PolicyVersion(version), 1, tensors);
  }

  private static TorchPolicyGradients gradients(Optional<Handover> handover) {
    return TorchPolicyGradients.open(
        InitialPolicy.whole(PpoFixture.policy()),
        PpoFixture.settings(AdvantageKind.GAE, 4096),
        TorchSettings.cpu(1),
        handover);
  }

  private static TorchPolicyLearner learner(Path checkpoints, Optional<Handover> handover) {
    return TorchPolicyLearner.open(
        InitialPolicy.whole(PpoFixture.policy()),
        checkpoints,
        SETTINGS,
        TorchSettings.cpu(1),
        handover);
  }
}
