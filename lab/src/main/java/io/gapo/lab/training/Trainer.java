package io.gapo.lab.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.learner.AdamW;
import io.gapo.runtime.learner.LearningRateSchedule;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Passes over examples again and again: loss of a batch, gradients, AdamW step.
 *
 * <p>The seed alone decides the order of examples, so that a training that continues from a
 * checkpoint sees the rest as one that was never stopped.
 *
 * @param <T> an example as tokens
 * @param <R> how good the model is
 */
final class Trainer<T, R extends HeldOutReport> {

  private final TorchRuntime runtime;
  private final TrainingSettings settings;
  private final Trainee<T, R> model;
  private final ExampleSet<?, T> examples;
  private final ExampleSet<?, T> heldOut;
  private final TrainingProgress progress;
  private final long steps;
  private final LearningRateSchedule schedule;

  /** Nothing is taken over. */
  Trainer(
      TorchRuntime runtime,
      TrainingSettings settings,
      Trainee<T, R> model,
      ExampleSet.Split<?, T> split,
      TrainingProgress progress) {
    this.runtime = runtime;
    this.settings = settings;
    this.model = model;
    this.examples = split.training();
    this.heldOut = split.heldOut();
    this.progress = progress;
    if (examples.size() == 0) {
      throw new NoExamplesException();
    }
    long perEpoch = (examples.size() + settings.batchSize() - 1L) / settings.batchSize();
    this.steps = Math.multiplyExact(perEpoch, (long) settings.epochs());
    this.schedule = LearningRateSchedule.cosine((long) (settings.warmUpShare() * steps), steps);
  }

  /**
   * Trains the model in place and measures it.
   *
   * @param checkpoints where the training continues from and saves itself, if anywhere
   */
  R train(Optional<TrainingCheckpoints> checkpoints) {
    Map<String, NDArray> trained = model.trained();
    List<NDArray> tensors = List.copyOf(trained.values());
    tensors.forEach(tensor -> tensor.setRequiresGradient(true));
    try (TensorList parameters = new TensorList(tensors);
        AdamW adamW =
            new AdamW(runtime, List.copyOf(trained.keySet()), tensors, settings.adamW())) {
      Map<String, NDArray> state = new LinkedHashMap<>(trained);
      state.putAll(adamW.moments());
      checkpoints.ifPresent(
          directory ->
              directory
                  .restore(runtime, state, examples.fingerprint())
                  .ifPresent(
                      step -> {
                        adamW.resumeAt(step);
                        progress.resumed(step);
                      }));
      long done = adamW.steps();
      long step = 0;
      Random random = new Random(settings.seed());
      for (int epoch = 0; epoch < settings.epochs(); epoch++) {
        for (List<Integer> batch :
            LengthBatches.of(examples.size(), examples::length, settings.batchSize(), random)) {
          if (step++ >= done) {
            double loss = step(batch, parameters, tensors, adamW);
            progress.stepped(step, steps, loss);
            afterStep(step, state, checkpoints);
          }
        }
      }
      return model.evaluate(heldOut);
    }
  }

  private void afterStep(
      long step, Map<String, NDArray> state, Optional<TrainingCheckpoints> checkpoints) {
    if (step == steps) {
      return;
    }
    checkpoints
        .filter(directory -> directory.isDue(step))
        .ifPresent(directory -> directory.save(runtime, step, state, examples.fingerprint()));
    if (settings.measureEvery() > 0 && step % settings.measureEvery() == 0) {
      progress.measured(step, model.evaluate(heldOut));
    }
  }

  private double step(
      List<Integer> batch, TensorList parameters, List<NDArray> tensors, AdamW adamW) {
    long weight = weight(examples.get(batch));
    try (NDManager step = runtime.newManager()) {
      List<NDArray> gradients = new ArrayList<>();
      for (NDArray tensor : tensors) {
        gradients.add(runtime.tensors().zeros(step, DataType.F32, tensor.getShape().getShape()));
      }
      double loss = 0;
      try (TensorList sums = new TensorList(gradients)) {
        for (List<Integer> part :
            LengthBatches.microBatches(
                batch, examples::length, model.rowsAnExample(), settings.microBatchTokens())) {
          List<T> microBatch = examples.get(part);
          double share = (double) weight(microBatch) / weight;
          loss += model.addGradients(step, microBatch, share, parameters, sums);
        }
      }
      double rate = settings.learningRate() * schedule.share(adamW.steps());
      adamW.update(gradients, adamW.gradientNorm(gradients), rate);
      return loss;
    }
  }

  private long weight(List<T> batch) {
    return batch.stream().mapToLong(model::weight).sum();
  }
}
