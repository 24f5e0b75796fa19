package io.gapo.lab.demo;

import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.lab.tokenizer.BytePairVocabulary;
import io.gapo.lab.training.TrainingSettings;
import io.gapo.runtime.learner.AdamWSettings;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.SpecialTokens;
import java.util.List;
import java.util.OptionalInt;

/**
 * How large the demo's models are and how long they learn.
 *
 * @param model sizes of the policy, and of the trunks of the score models
 * @param demonstrations that the policy imitates
 * @param preferred demonstrations that a policy learns to read preferences from
 * @param pairs of answers from the world that each score model learns from
 * @param policyPairs further pairs, of answers of the policy that imitates the demonstrations
 * @param heldOut demonstrations, and pairs, that the models are measured on
 * @param policyTraining settings of the policy's training
 * @param preferredTraining settings of that policy's training, which starts from the other's end
 * @param scoreTraining settings of the score models' training
 * @param regularization weight of the score models' mean squared score
 */
public record BootstrapPlan(
    LlamaConfig model,
    int demonstrations,
    int preferred,
    int pairs,
    int policyPairs,
    int heldOut,
    TrainingSettings policyTraining,
    TrainingSettings preferredTraining,
    TrainingSettings scoreTraining,
    double regularization) {

  /** The models that ship with the demo: about a million parameters each. */
  public static BootstrapPlan standard(long seed) {
    return new BootstrapPlan(
        size(1024, 128, 384, 4, 256),
        40_000,
        16_000,
        18_000,
        6_000,
        500,
        training(2, 32, 3e-3, seed),
        training(1, 32, 1e-3, seed),
        training(1, 32, 1e-3, seed),
        0.005);
  }

  /** The sizes of a model with heads of 32, two of them to a key and value head. */
  static LlamaConfig size(
      int vocabulary, int hiddenSize, int intermediateSize, int layers, int maxPositions) {
    int heads = hiddenSize / 32;
    return new LlamaConfig(
        vocabulary,
        hiddenSize,
        intermediateSize,
        layers,
        heads,
        Math.max(1, heads / 2),
        32,
        1e-5,
        10_000,
        false,
        maxPositions,
        new SpecialTokens(
            OptionalInt.of(BytePairVocabulary.BEGIN_ID),
            List.of(BytePairVocabulary.END_ID),
            OptionalInt.of(BytePairVocabulary.PADDING_ID)));
  }

  static TrainingSettings training(int epochs, int batchSize, double learningRate, long seed) {
    return new TrainingSettings(
        epochs, batchSize, learningRate, 0.1, AdamWSettings.DEFAULT, seed, DataType.F16);
  }
}
