package io.gapo.runtime.learning;

import io.gapo.runtime.llama.LlamaWeights;
import java.util.List;

/** Over which of the policy's tensors the objectives' gradients are compared. */
public enum GradientScope {
  /** The output layer over the vocabulary: no pass backward through the model. */
  LAST_LAYER,
  /** The last decoder block, the last norm and the output layer: a short pass an objective. */
  LAST_BLOCK,
  /** Everything but the value heads: a whole pass an objective. */
  ALL_TRAINABLE;

  /** Names of the tensors, of a policy with these weights. */
  List<String> tensors(LlamaWeights weights) {
    return switch (this) {
      case LAST_LAYER -> List.of(weights.headName());
      case LAST_BLOCK -> {
        String block = "model.layers.%d.".formatted(weights.config().layers() - 1);
        yield weights.names().stream()
            .filter(
                name ->
                    name.startsWith(block)
                        || name.startsWith("model.norm.")
                        || name.equals(weights.headName()))
            .toList();
      }
      case ALL_TRAINABLE -> weights.names();
    };
  }
}
