package io.gapo.runtime.llama;

import ai.djl.ndarray.NDArray;
import io.gapo.runtime.torch.ScriptValue;
import io.gapo.runtime.torch.TensorList;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What every script that runs a model takes first: {@code ws, head_norms, qkv_biases, o_biases,
 * mlp_biases, eps}. Lists of what the model has not are empty, and cost the scripts nothing.
 */
public final class ModelArguments implements AutoCloseable {

  private final List<TensorList> lists;
  private final double normEpsilon;

  private ModelArguments(List<TensorList> lists, double normEpsilon) {
    this.lists = lists;
    this.normEpsilon = normEpsilon;
  }

  /** All arguments of a call. */
  public ScriptValue[] followedBy(ScriptValue... further) {
    int own = lists.size() + 1;
    ScriptValue[] all = lists.toArray(new ScriptValue[own + further.length]);
    all[own - 1] = ScriptValue.of(normEpsilon);
    System.arraycopy(further, 0, all, own, further.length);
    return all;
  }

  /** The first of them: all weights but the norms of heads and the biases. */
  public TensorList weights() {
    return lists.get(0);
  }

  /** The second: norms of queries' and keys' heads. */
  public TensorList headNorms() {
    return lists.get(1);
  }

  /** The third. */
  public TensorList queryKeyValueBiases() {
    return lists.get(2);
  }

  @Override
  public void close() {
    lists.forEach(TensorList::close);
  }

  /** The tensors, list by list, while they are gathered. */
  static final class Lists {

    final List<NDArray> weights = new ArrayList<>();
    final List<NDArray> headNorms = new ArrayList<>();
    final List<NDArray> queryKeyValueBiases = new ArrayList<>();
    final List<NDArray> outputBiases = new ArrayList<>();
    final List<NDArray> feedForwardBiases = new ArrayList<>();

    ModelArguments withEpsilon(double normEpsilon) {
      return new ModelArguments(
          Stream.of(weights, headNorms, queryKeyValueBiases, outputBiases, feedForwardBiases)
              .map(TensorList::new)
              .toList(),
          normEpsilon);
    }
  }
}
