package io.gapo.runtime.trainable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.runtime.gradients.AdvantageKind;
import io.gapo.runtime.gradients.PpoFixture;
import io.gapo.runtime.gradients.TorchPolicyGradients;
import io.gapo.runtime.learner.AdamWSettings;
import io.gapo.runtime.learner.LearnerSettings;
import io.gapo.runtime.learner.LearningRateSchedule;
import io.gapo.runtime.learner.LearningRates;
import io.gapo.runtime.learner.TorchPolicyLearner;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.torch.TorchSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stages have threads, and their threads streams, of their own: what one lends is complete when the
 * other reads it. (That a reader is done before the lender continues shows in no result here: what
 * it read is changed only after its next wait.)
 */
@Tag("gpu")
class HandoverOnGpuTest {

  private static final int STEPS = 50;
  private static final LearnerSettings SETTINGS =
      new LearnerSettings(
          PpoFixture.OBJECTIVES,
          new LearningRates(1e-4, 1e-4, LearningRateSchedule.constant()),
          AdamWSettings.DEFAULT,
          2);

  private final ExecutorService collector = Executors.newSingleThreadExecutor();
  private final ExecutorService optimizer = Executors.newSingleThreadExecutor();

  @AfterEach
  void stop() throws InterruptedException {
    for (ExecutorService stage : List.of(collector, optimizer)) {
      stage.shutdown();
      assertThat(stage.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }
  }

  @Test
  @Timeout(300)
  void stagesOnTwoStreamsTrainWhatOneThreadOnTheCpuTrains(@TempDir Path directory)
      throws Exception {
    List<NamedTensor> onGpu =
        train("cuda", directory.resolve("gpu"), collector, optimizer, Optional.of(new Handover()));
    List<NamedTensor> onCpu =
        train("cpu", directory.resolve("cpu"), collector, collector, Optional.empty());

    // Each weight has moved by up to 5e-3; Adam lets those whose gradient is all but zero go
    // astray.
    assertThat(meanDifference(onGpu, onCpu)).isLessThan(5e-5);
  }

  @Test
  void aModelIsRefusedToAnyThreadButItsOwn() throws Exception {
    TorchPolicyGradients gradients =
        in(collector, () -> open(new TorchSettings("cuda", DataType.F32, 1), Optional.empty()));

    assertThatThrownBy(() -> gradients.measure(PpoFixture.batch()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("use it where it was opened");

    in(collector, () -> close(gradients));
  }

  private static double meanDifference(List<NamedTensor> some, List<NamedTensor> others) {
    double sum = 0;
    long elements = 0;
    for (int i = 0; i < others.size(); i++) {
      float[] a = TensorValues.toFloats(some.get(i));
      float[] b = TensorValues.toFloats(others.get(i));
      for (int j = 0; j < b.length; j++) {
        sum += Math.abs(a[j] - b[j]);
      }
      elements += b.length;
    }
    return sum / elements;
  }

  private static List<NamedTensor> train(
      String device,
      Path checkpoints,
      ExecutorService collector,
      ExecutorService optimizer,
      Optional<Handover> handover)
      throws Exception {
    TorchSettings torch = new TorchSettings(device, DataType.F32, 1);
    TorchPolicyGradients gradients = in(collector, () -> open(torch, handover));
    TorchPolicyLearner learner =
        in(
            optimizer,
            () ->
                TorchPolicyLearner.open(
                    InitialPolicy.whole(PpoFixture.policy()),
                    checkpoints,
                    SETTINGS,
                    torch,
                    handover));
    for (int step = 1; step <= STEPS; step++) {
      List<NamedTensor> gradient =
          in(
              collector,
              () -> {
                gradients.measure(PpoFixture.batch());
                return gradients.backward(PpoFixture.weights(), 0.01);
              });
      List<NamedTensor> weights =
          in(
              optimizer,
              () -> {
                learner.apply(List.of(gradient));
                return learner.tensors();
              });
      PolicySnapshot next = new PolicySnapshot(new PolicyVersion(step), 1, weights);
      in(
          collector,
          () -> {
            gradients.adopt(next);
            return next;
          });
    }
    List<NamedTensor> trained =
        in(optimizer, () -> learner.tensors().stream().map(NamedTensor::onHeap).toList());
    in(collector, () -> close(gradients));
    in(optimizer, () -> close(learner));
    handover.ifPresent(Handover::close);
    return trained;
  }

  private static TorchPolicyGradients open(TorchSettings torch, Optional<Handover> handover) {
    return TorchPolicyGradients.open(
        InitialPolicy.whole(PpoFixture.policy()),
        PpoFixture.settings(AdvantageKind.GAE, 4096),
        torch,
        handover);
  }

  private static boolean close(AutoCloseable model) throws Exception {
    model.close();
    return true;
  }

  private static <T> T in(ExecutorService stage, Callable<T> work) throws Exception {
    return stage.submit(work).get();
  }
}
