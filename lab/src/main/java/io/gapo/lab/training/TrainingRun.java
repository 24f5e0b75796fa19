package io.gapo.lab.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.gapo.runtime.learner.AdamW;
import io.gapo.runtime.learner.LearningRateSchedule;
import io.gapo.runtime.torch.GradMode;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.TorchRuntime;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntFunction;

/**
 * Passes over examples again and again: loss of a batch, gradients, AdamW step.
 *
 * @param <T> an example
 */
final class TrainingRun<T> {

  /** The loss of a batch, a scalar that can be differentiated. */
  @FunctionalInterface
  interface BatchLoss<T> {
    NDArray of(NDManager step, List<T> batch);
  }

  private final TorchRuntime runtime;
  private final TrainingSettings settings;
  private final ToIntFunction<T> length;
  private final BatchLoss<T> loss;

  TrainingRun(
      TorchRuntime runtime, TrainingSettings settings, ToIntFunction<T> length, BatchLoss<T> loss) {
    this.runtime = runtime;
    this.settings = settings;
    this.length = length;
    this.loss = loss;
  }

  /** Trains tensors in place. */
  void train(
      List<String> names, List<NDArray> tensors, List<T> examples, TrainingProgress progress) {
    if (examples.isEmpty()) {
      throw new IllegalArgumentException("there are no examples to train on");
    }
    long perEpoch = (examples.size() + settings.batchSize() - 1L) / settings.batchSize();
    long steps = Math.multiplyExact(perEpoch, (long) settings.epochs());
    LearningRateSchedule schedule =
        LearningRateSchedule.cosine((long) (settings.warmUpShare() * steps), steps);
    Random random = new Random(settings.seed());
    tensors.forEach(tensor -> tensor.setRequiresGradient(true));
    try (NDManager manager = runtime.newManager();
        TensorList parameters = new TensorList(tensors);
        AdamW adamW = new AdamW(runtime, names, tensors, settings.adamW())) {
      for (int epoch = 0; epoch < settings.epochs(); epoch++) {
        for (List<T> batch : LengthBatches.of(examples, length, settings.batchSize(), random)) {
          double rate = settings.learningRate() * schedule.share(adamW.steps());
          double before = step(manager, batch, parameters, adamW, rate);
          progress.stepped(adamW.steps(), steps, before);
        }
      }
    }
  }

  private double step(
      NDManager manager, List<T> batch, TensorList parameters, AdamW adamW, double rate) {
    try (NDManager step = manager.newSubManager()) {
      return GradMode.recording(
          () -> {
            NDArray value = loss.of(step, batch);
            NDList gradients = runtime.autograd().gradients(step, value, parameters, false);
            adamW.update(gradients, adamW.gradientNorm(gradients), rate);
            return (double) value.getFloat();
          });
    }
  }
}
