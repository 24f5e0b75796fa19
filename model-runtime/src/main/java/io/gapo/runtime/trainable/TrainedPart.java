package io.gapo.runtime.trainable;

import ai.djl.ndarray.NDArray;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.LowRankTerms;
import java.util.List;
import java.util.Optional;

/** What of the language model is trained, value heads aside. Not thread-safe. */
public sealed interface TrainedPart extends AutoCloseable permits WholeModel, AdapterAlone {

  /** Names of its tensors, in order. */
  List<String> names();

  /** Its tensors, in the order of their names; they belong to this object. */
  List<NDArray> tensors();

  /** Those of its tensors that the gradients are compared over. */
  List<NDArray> tensors(GradientScope scope);

  /** The weights that the policy runs with. */
  LlamaWeights weights(LlamaWeights frozen);

  /** What is added to them; empty where nothing is. */
  Optional<LowRankTerms> terms();

  /** The policy's output layer, shape (V, D). */
  NDArray head(LlamaWeights frozen);

  @Override
  void close();
}
