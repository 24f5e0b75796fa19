package io.gapo.runtime.trainable;

/** Over which of the policy's tensors the objectives' gradients are compared. */
public enum GradientScope {
  /** The output layer over the vocabulary, trained or not: no pass backward through the model. */
  LAST_LAYER,
  /**
   * The last decoder block, the last norm and the output layer, or the last block's adapters: a
   * short pass an objective.
   */
  LAST_BLOCK,
  /** Everything but the value heads: a whole pass an objective. */
  ALL_TRAINABLE
}
