package io.gapo.runtime.trainable;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.gapo.runtime.llama.LlamaProgram;
import io.gapo.runtime.llama.LlamaWeights;
import java.util.List;

/** What of the language model is trained, value heads aside. Not thread-safe. */
public sealed interface TrainedPart extends AutoCloseable permits WholeModel, AdapterAlone {

  /** Names of its tensors, in order. */
  List<String> names();

  /** Its tensors, in the order of their names; they belong to this object. */
  List<NDArray> tensors();

  /** Those of its tensors that the gradients are compared over. */
  List<NDArray> tensors(GradientScope scope);

  /**
   * The policy's hidden states behind the last norm, under the thread's grad mode.
   *
   * @param frozen the model that training began with
   * @param ids shape (B, T)
   * @return shape (B, T, D)
   */
  NDArray hidden(LlamaProgram program, NDManager owner, LlamaWeights frozen, NDArray ids);

  /** The policy's output layer, shape (V, D). */
  NDArray head(LlamaWeights frozen);

  @Override
  void close();
}
