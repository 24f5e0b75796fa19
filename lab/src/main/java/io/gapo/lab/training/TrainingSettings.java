package io.gapo.lab.training;

import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.settings.Bounds;
import io.gapo.runtime.learner.AdamWSettings;
import io.gapo.runtime.lora.LoraSettings;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a model is trained on examples.
 *
 * @param epochs how often every example is seen
 * @param batchSize examples a step
 * @param learningRate the highest; a cosine leads from it to zero
 * @param warmUpShare of all steps, in which the learning rate rises
 * @param seed of the initial weights and the order of examples
 * @param stored element type that the result is stored in
 * @param lora of the adapter that is trained, and merged in the end; if empty, the model is trained
 * @param maxTokens of an example that is learned from; as many as the model reads, if empty
 * @param microBatchTokens that go through the model together, padding included
 * @param measureEvery how many steps the model is measured on what is held out after; 0 for in the
 *     end only
 */
public record TrainingSettings(
    int epochs,
    int batchSize,
    double learningRate,
    double warmUpShare,
    AdamWSettings adamW,
    long seed,
    DataType stored,
    Optional<LoraSettings> lora,
    OptionalInt maxTokens,
    int microBatchTokens,
    int measureEvery) {

  private static final int MICRO_BATCH_TOKENS = 8192;

  public TrainingSettings {
    Bounds.atLeast("epochs", epochs, 1);
    Bounds.atLeast("batch", batchSize, 1);
    Bounds.positive("learning-rate", learningRate);
    Bounds.fractionBelowOne("warm-up", warmUpShare);
    maxTokens.ifPresent(tokens -> Bounds.atLeast("max-tokens", tokens, 2));
    Bounds.atLeast("micro-batch-tokens", microBatchTokens, 1);
    Bounds.atLeast("measure-every", measureEvery, 0);
  }

  /** A training of the whole model on all that it can read, measured in the end. */
  public TrainingSettings(
      int epochs,
      int batchSize,
      double learningRate,
      double warmUpShare,
      AdamWSettings adamW,
      long seed,
      DataType stored) {
    this(
        epochs,
        batchSize,
        learningRate,
        warmUpShare,
        adamW,
        seed,
        stored,
        Optional.empty(),
        OptionalInt.empty(),
        MICRO_BATCH_TOKENS,
        0);
  }

  /** What an example may have at most, of a model that reads so many. */
  int maxTokens(int maxPositions) {
    return Math.min(maxTokens.orElse(maxPositions), maxPositions);
  }
}
