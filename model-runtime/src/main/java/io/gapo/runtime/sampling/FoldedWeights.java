package io.gapo.runtime.sampling;

import ai.djl.ndarray.NDManager;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.torch.ScriptValue;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.TorchScript;
import java.util.HashMap;
import java.util.Map;

/**
 * Copies of a model's weights as {@code fold.py} makes them. Small matrices are arranged for few
 * rows and for many, each time when such a number of rows first comes; large ones are the same for
 * all.
 */
final class FoldedWeights implements AutoCloseable {

  /** Numbers of rows that matrices are arranged for; each serves up to twice as many. */
  private static final int[] ROWS = {4, 16, 64};

  private final TorchScript script;
  private final NDManager manager;
  private final TensorList folded;
  private final TensorList headNorms;
  private final TensorList queryKeyValueBiases;
  private final Map<Integer, TensorList> arranged = new HashMap<>();

  /**
   * Copies the model's weights as they are now.
   *
   * @param script with the methods of {@code fold.py}
   */
  FoldedWeights(TorchScript script, NDManager manager, LlamaWeights model) {
    this.script = script;
    this.manager = manager;
    LlamaConfig config = model.config();
    int turned = config.heads() + config.keyValueHeads();
    this.folded =
        list(
            "fold",
            model.fused().weights(),
            ScriptValue.of(config.normEpsilon()),
            ScriptValue.of(turned),
            ScriptValue.of(config.headSize()));
    this.headNorms = paired(model.fused().headNorms(), 1, config);
    this.queryKeyValueBiases = paired(model.fused().queryKeyValueBiases(), turned, config);
  }

  private TensorList paired(TensorList tensors, int heads, LlamaConfig config) {
    return list("all_paired", tensors, ScriptValue.of(heads), ScriptValue.of(config.headSize()));
  }

  private TensorList list(String method, ScriptValue... arguments) {
    try (NDManager step = manager.newSubManager()) {
      return new TensorList(script.infer(step, method, arguments));
    }
  }

  /**
   * Puts them in the places of the model's own among a method's arguments.
   *
   * @param rows how many the method multiplies by each matrix
   */
  void replaceIn(ScriptValue[] arguments, int rows) {
    int nearest = 0;
    while (nearest + 1 < ROWS.length && rows > 2 * ROWS[nearest]) {
      nearest++;
    }
    arguments[0] =
        arranged.computeIfAbsent(
            ROWS[nearest], some -> list("arrange", folded, ScriptValue.of(some)));
    arguments[1] = headNorms;
    arguments[2] = queryKeyValueBiases;
  }

  @Override
  public void close() {
    arranged.values().forEach(TensorList::close);
    folded.close();
    headNorms.close();
    queryKeyValueBiases.close();
  }
}
