package io.gapo.runtime.learning;

import ai.djl.ndarray.NDArray;
import io.gapo.core.policy.NamedTensor;
import io.gapo.runtime.torch.LentTensors;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a policy's gradients and weights pass between a process's own {@link TorchPolicyGradients},
 * {@link TorchPolicyLearner} and samplers: lent in native memory, instead of copied to the heap and
 * back. Thread-safe.
 *
 * <p>It outlives the models: a gradient that was sent off is good, whatever becomes of the model
 * that made it.
 */
public final class Handover implements AutoCloseable {

  private @Nullable LentTensors gradient;
  private @Nullable LentTensors weights;

  /** Takes a gradient over and lends it, until {@link #withdrawGradient} or the next one. */
  synchronized List<NamedTensor> gradient(List<String> names, List<NDArray> tensors) {
    withdrawGradient();
    LentTensors lent = LentTensors.owning("gradients", tensors);
    gradient = lent;
    return lent.named(names);
  }

  /** A version was made after it: nobody needs it any more. */
  synchronized void withdrawGradient() {
    release(gradient);
    gradient = null;
  }

  /**
   * Lends a policy's weights until {@link #withdrawWeights}; they stay their owner's. Asked again
   * before, it lends the same.
   */
  synchronized List<NamedTensor> weights(List<String> names, List<NDArray> tensors) {
    if (weights == null) {
      weights = LentTensors.of("weights", tensors);
    }
    return weights.named(names);
  }

  /** They are about to change, or to be freed. Waits for who is reading them. */
  synchronized void withdrawWeights() {
    release(weights);
    weights = null;
  }

  private static void release(@Nullable LentTensors lent) {
    if (lent != null) {
      lent.close();
    }
  }

  /** Releases everything. */
  @Override
  public synchronized void close() {
    withdrawGradient();
    withdrawWeights();
  }
}
