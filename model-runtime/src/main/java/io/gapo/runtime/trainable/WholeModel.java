package io.gapo.runtime.trainable;

import ai.djl.ndarray.NDArray;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.LowRankTerms;
import java.util.List;
import java.util.Optional;

/** Every tensor of the model is trained: a copy beside the frozen one. */
record WholeModel(LlamaWeights weights) implements TrainedPart {

  @Override
  public List<String> names() {
    return weights.names();
  }

  @Override
  public List<NDArray> tensors() {
    return weights.tensors();
  }

  @Override
  public List<NDArray> tensors(GradientScope scope) {
    return switch (scope) {
      case LAST_LAYER -> List.of(weights.head());
      case LAST_BLOCK -> {
        String block = "model.layers.%s.".formatted(weights.config().layers() - 1);
        yield weights.names().stream()
            .filter(
                name ->
                    name.startsWith(block)
                        || name.startsWith("model.norm.")
                        || name.equals(weights.headName()))
            .map(weights::tensor)
            .toList();
      }
      case ALL_TRAINABLE -> weights.tensors();
    };
  }

  @Override
  public LlamaWeights weights(LlamaWeights frozen) {
    return weights;
  }

  @Override
  public Optional<LowRankTerms> terms() {
    return Optional.empty();
  }

  @Override
  public NDArray head(LlamaWeights frozen) {
    return weights.head();
  }

  @Override
  public void close() {
    weights.close();
  }
}
