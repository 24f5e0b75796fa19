package io.gapo.runtime.trainable;

import ai.djl.ndarray.NDArray;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.LowRankTerms;
import io.gapo.runtime.lora.LoraAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An adapter is trained beside the frozen model, which is not held twice.
 *
 * @param layers of the model
 */
record AdapterAlone(LoraAdapter adapter, int layers) implements TrainedPart {

  @Override
  public List<String> names() {
    return adapter.names();
  }

  @Override
  public List<NDArray> tensors() {
    return adapter.tensors();
  }

  /** The output layer is frozen: no pass backward finds its gradient, which is had without one. */
  @Override
  public List<NDArray> tensors(GradientScope scope) {
    return switch (scope) {
      case LAST_LAYER -> List.of();
      case LAST_BLOCK -> {
        String block = ".layers.%s.".formatted(layers - 1);
        List<NDArray> chosen = new ArrayList<>();
        for (int i = 0; i < names().size(); i++) {
          if (names().get(i).contains(block)) {
            chosen.add(tensors().get(i));
          }
        }
        yield chosen;
      }
      case ALL_TRAINABLE -> tensors();
    };
  }

  @Override
  public LlamaWeights weights(LlamaWeights frozen) {
    return frozen;
  }

  @Override
  public Optional<LowRankTerms> terms() {
    return Optional.of(adapter.terms());
  }

  @Override
  public NDArray head(LlamaWeights frozen) {
    return frozen.head();
  }

  @Override
  public void close() {
    adapter.close();
  }
}
