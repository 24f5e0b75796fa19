package io.gapo.runtime.trainable;

import ai.djl.ndarray.NDArray;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.runtime.torch.LentTensors;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a policy's gradients and weights pass between a process's own gradients, learner and
 * samplers: lent in native memory, instead of copied to the heap and back. Thread-safe.
 *
 * <p>It outlives the models: a gradient that was sent off is good, whatever becomes of the model
 * that made it.
 */
public final class Handover implements AutoCloseable {

  /** Apart, since an update withdraws the weights while it reads the gradient. */
  private final Object gradientLock = new Object();

  private final Object weightsLock = new Object();
  private @Nullable LentTensors gradient;
  private PolicyVersion gradientOf = PolicyVersion.INITIAL;
  private @Nullable LentTensors weights;

  /**
   * Takes a gradient over and lends it, until a newer version is adopted or the next gradient
   * comes.
   *
   * @param of the version that it improves
   */
  public List<NamedTensor> gradient(PolicyVersion of, List<String> names, List<NDArray> tensors) {
    synchronized (gradientLock) {
      withdrawGradient();
      LentTensors lent = LentTensors.owning("gradients", tensors);
      gradient = lent;
      gradientOf = of;
      return lent.named(names);
    }
  }

  /**
   * A version is adopted. If it was made after the gradient, nobody needs that any more; if it is
   * the gradient's own again, by a model created again, the optimizer still does.
   */
  public void adopted(PolicyVersion version) {
    synchronized (gradientLock) {
      if (version.compareTo(gradientOf) > 0) {
        withdrawGradient();
      }
    }
  }

  private void withdrawGradient() {
    release(gradient);
    gradient = null;
  }

  /**
   * Lends a policy's weights until {@link #withdrawWeights}; they stay their owner's. Asked again
   * before, it lends the same.
   */
  public List<NamedTensor> weights(List<String> names, List<NDArray> tensors) {
    synchronized (weightsLock) {
      if (weights == null) {
        weights = LentTensors.of("weights", tensors);
      }
      return weights.named(names);
    }
  }

  /** They are about to change, or to be freed. Waits for who is reading them. */
  public void withdrawWeights() {
    synchronized (weightsLock) {
      release(weights);
      weights = null;
    }
  }

  private static void release(@Nullable LentTensors lent) {
    if (lent != null) {
      lent.close();
    }
  }

  /** Releases everything. */
  @Override
  public void close() {
    synchronized (gradientLock) {
      withdrawGradient();
    }
    withdrawWeights();
  }
}
