package io.gapo.benchmarks.training;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.MeasuredBatch;
import io.gapo.runtime.gradients.PpoSettings;
import io.gapo.runtime.gradients.StepMemory;
import io.gapo.runtime.gradients.TorchPolicyGradients;
import io.gapo.runtime.learner.AdamWSettings;
import io.gapo.runtime.learner.LearnerSettings;
import io.gapo.runtime.learner.LearningRateSchedule;
import io.gapo.runtime.learner.LearningRates;
import io.gapo.runtime.learner.TorchPolicyLearner;
import io.gapo.runtime.lora.AdapterSource;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.lora.LoraSettings;
import io.gapo.runtime.torch.TorchSettings;
import io.gapo.runtime.trainable.Handover;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** A whole training step by the product's own parts, without the stages around them. */
final class JavaStep implements AutoCloseable {

  static final double LEARNING_RATE = 1e-5;
  private static final long SEED = 1;

  private final Handover handover = new Handover();
  private final TorchPolicyGradients gradients;
  private final TorchPolicyLearner learner;
  private final List<ScoredRollout> batch;
  private final double[] weights;
  private long version;
  private double loss;

  /**
   * Loads the models.
   *
   * @param rank of the adapter to train; 0 trains the whole policy
   */
  JavaStep(Path model, RandomBatch batch, int objectives, int rank, TorchSettings torch)
      throws IOException {
    this(model, batch, objectives, rank, StepMemory.DEFAULT, torch);
  }

  /** Creates a benchmark with a given memory for a step. */
  JavaStep(
      Path model,
      RandomBatch batch,
      int objectives,
      int rank,
      StepMemory memory,
      TorchSettings torch)
      throws IOException {
    InitialPolicy initial = initial(model, rank);
    List<String> names = IntStream.range(0, objectives).mapToObj(m -> "objective-" + m).toList();
    this.batch = batch.scored(objectives);
    this.weights = new double[objectives];
    Arrays.fill(weights, 1.0 / objectives);
    this.gradients =
        TorchPolicyGradients.open(
            initial, PpoSettings.of(names).with(memory), torch, Optional.of(handover));
    this.learner =
        TorchPolicyLearner.open(
            initial,
            Files.createTempDirectory("gapo-benchmark"),
            new LearnerSettings(
                names,
                new LearningRates(
                    LEARNING_RATE,
                    LEARNING_RATE,
                    new LearningRateSchedule(LearningRateSchedule.Shape.CONSTANT, 0, 1000, 1)),
                new AdamWSettings(0.9, 0.95, 1e-8, 0, 1),
                1),
            torch,
            Optional.of(handover));
  }

  /** An adapter is as in training_step.py: alpha twice the rank, all projections. */
  private static InitialPolicy initial(Path model, int rank) {
    if (rank == 0) {
      return InitialPolicy.whole(model);
    }
    LoraSettings settings = new LoraSettings(rank, 2.0 * rank, LoraSettings.TARGETS);
    return new InitialPolicy(model, Optional.of(new AdapterSource.Fresh(settings, SEED)));
  }

  /** One step; seconds by part, and their sum as {@code seconds}. */
  Map<String, Double> step() {
    Map<String, Double> seconds = new LinkedHashMap<>();
    long start = System.nanoTime();
    MeasuredBatch measured = gradients.measure(batch);
    loss = measured.statistics().perObjective().get(0).loss();
    long afterMeasure = lap(seconds, "measure", start);
    List<NamedTensor> gradient = gradients.backward(weights, 0);
    long afterBackward = lap(seconds, "backward", afterMeasure);
    learner.apply(List.of(gradient));
    long afterApply = lap(seconds, "apply", afterBackward);
    version++;
    gradients.adopt(new PolicySnapshot(new PolicyVersion(version), 1, learner.tensors()));
    lap(seconds, "adopt", afterApply);
    seconds.put("seconds", (System.nanoTime() - start) * 1e-9);
    measured.statistics().phaseSeconds().forEach((k, v) -> seconds.put("measure." + k, v));
    return seconds;
  }

  /** The first objective's, before the last step. */
  double loss() {
    return loss;
  }

  private static long lap(Map<String, Double> seconds, String part, long start) {
    long now = System.nanoTime();
    seconds.put(part, (now - start) * 1e-9);
    return now;
  }

  @Override
  public void close() {
    learner.close();
    gradients.close();
    handover.close();
  }
}
