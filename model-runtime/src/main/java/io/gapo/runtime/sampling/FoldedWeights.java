package io.gapo.runtime.sampling;

import ai.djl.ndarray.NDManager;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.torch.ScriptValue;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.TorchScript;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies of a model's weights as {@code fold.py} makes them.
 *
 * @param weights for each of {@link #ROWS}; those alike in two of them are one tensor
 * @param headNorms paired like the rows of queries and keys
 * @param queryKeyValueBiases likewise
 */
record FoldedWeights(List<TensorList> weights, TensorList headNorms, TensorList queryKeyValueBiases)
    implements AutoCloseable {

  /** Numbers of rows that weights are arranged for; each serves up to twice as many. */
  private static final int[] ROWS = {4, 16, 64};

  static FoldedWeights of(TorchScript script, NDManager manager, LlamaWeights model) {
    LlamaConfig config = model.config();
    int turned = config.heads() + config.keyValueHeads();
    try (NDManager step = manager.newSubManager()) {
      List<TensorList> weights = new ArrayList<>();
      weights.add(
          new TensorList(
              script.infer(
                  step,
                  "fold",
                  model.fused().weights(),
                  ScriptValue.of(config.normEpsilon()),
                  ScriptValue.of(turned),
                  ScriptValue.of(config.headSize()),
                  ScriptValue.of(ROWS[0]))));
      for (int i = 1; i < ROWS.length; i++) {
        weights.add(
            new TensorList(
                script.infer(step, "rearranged", weights.get(i - 1), ScriptValue.of(ROWS[i]))));
      }
      return new FoldedWeights(
          weights,
          paired(script, step, config, model.fused().headNorms(), 1),
          paired(script, step, config, model.fused().queryKeyValueBiases(), turned));
    }
  }

  private static TensorList paired(
      TorchScript script, NDManager step, LlamaConfig config, TensorList tensors, int heads) {
    return new TensorList(
        script.infer(
            step, "all_paired", tensors, ScriptValue.of(heads), ScriptValue.of(config.headSize())));
  }

  /**
   * Puts them in the places of the model's own among a method's arguments.
   *
   * @param rows how many the method multiplies by each matrix
   */
  void replaceIn(ScriptValue[] arguments, int rows) {
    int arrangement = 0;
    while (arrangement + 1 < ROWS.length && rows > 2 * ROWS[arrangement]) {
      arrangement++;
    }
    arguments[0] = weights.get(arrangement);
    arguments[1] = headNorms;
    arguments[2] = queryKeyValueBiases;
  }

  @Override
  public void close() {
    weights.forEach(TensorList::close);
    headNorms.close();
    queryKeyValueBiases.close();
  }
}
