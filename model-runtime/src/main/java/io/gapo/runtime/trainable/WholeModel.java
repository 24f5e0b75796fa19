package io.gapo.runtime.trainable;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.gapo.runtime.llama.LlamaProgram;
import io.gapo.runtime.llama.LlamaWeights;
import java.util.List;

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
  public NDArray hidden(LlamaProgram program, NDManager owner, LlamaWeights frozen, NDArray ids) {
    return program.hidden(owner, weights, ids);
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
