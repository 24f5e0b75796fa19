package io.gapo.runtime.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

/**
 * Reverse-mode differentiation without {@code .grad} fields: gradients come back as fresh tensors.
 *
 * <p>DJL's {@code GradientCollector} is one a process and accumulates into the weights; this has no
 * state, so threads can differentiate their own graphs side by side.
 */
public final class Autograd {

  /**
   * Absolute name of the resource, for scripts that differentiate by themselves and call {@code
   * or_zeros}.
   */
  public static final String SCRIPT = "/io/gapo/runtime/torch/autograd.py";

  private final TorchScript script;

  Autograd(NDManager manager) {
    this.script = TorchScript.load(manager, Autograd.class, SCRIPT);
  }

  /**
   * Gradients of a scalar.
   *
   * @param owner whom the gradients belong to
   * @param parameters what to differentiate by: leaves that require gradients, or tensors made from
   *     such
   * @param retainGraph whether the graph is needed again
   * @return one tensor a parameter, in order; zeros where the loss does not depend on it
   */
  public NDList gradients(
      NDManager owner, NDArray loss, TensorList parameters, boolean retainGraph) {
    return script.run(
        owner, "gradients", ScriptValue.of(loss), parameters, ScriptValue.of(retainGraph));
  }
}
