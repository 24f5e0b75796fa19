package io.gapo.runtime.llama;

import java.util.OptionalInt;

/**
 * How a model differs from the first Llama.
 *
 * @param attentionBias whether the configuration gives the attention's projections biases; Qwen 2
 *     has its own whatever this says
 * @param feedForwardBias whether the feed-forward layers' projections have biases
 * @param slidingWindow how many tokens, itself included, a token attends to at most
 */
public record LlamaVariant(
    ModelFamily family,
    boolean attentionBias,
    boolean feedForwardBias,
    OptionalInt slidingWindow,
    RopeScaling ropeScaling) {

  /** The first Llama. */
  public static final LlamaVariant PLAIN =
      new LlamaVariant(
          ModelFamily.LLAMA, false, false, OptionalInt.empty(), RopeScaling.Unscaled.INSTANCE);

  public LlamaVariant {
    if (slidingWindow.isPresent() && slidingWindow.getAsInt() < 1) {
      throw new IllegalArgumentException(
          "sliding_window must be >= 1, was " + slidingWindow.getAsInt());
    }
  }

  /** Whether queries, keys and values have biases. */
  public boolean queryKeyValueBias() {
    return attentionBias || family == ModelFamily.QWEN2;
  }

  /** Whether the attention's output projection has a bias. */
  public boolean outputBias() {
    return attentionBias && family != ModelFamily.QWEN2;
  }

  /** Whether queries and keys pass an RMSNorm, head by head, before they are rotated. */
  public boolean queryKeyNorm() {
    return family == ModelFamily.QWEN3;
  }

  /** Whether its layers hold tensors that those of the first Llama do not. */
  boolean addsToLayers() {
    return queryKeyValueBias() || outputBias() || feedForwardBias || queryKeyNorm();
  }
}
