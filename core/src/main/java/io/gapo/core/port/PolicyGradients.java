package io.gapo.core.port;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.BatchShare;
import io.gapo.core.step.MeasuredBatch;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Differentiates the policy: first each objective's PPO surrogate with respect to the last layer
 * only, then their weighted sum with respect to everything trainable.
 *
 * <p>Not thread-safe. {@link #measure} keeps the batch's graph in native memory until {@link
 * #backward} or {@link #discard}.
 */
public interface PolicyGradients extends AutoCloseable {

  /**
   * Uses these weights from the next {@link #measure} on.
   *
   * @throws TensorsReleasedException if they were lent and are gone; those before stay in use
   */
  void adopt(PolicySnapshot snapshot);

  /**
   * Computes, ahead of their batch, what no version changes of these rollouts: their
   * log-probabilities under the reference policy. {@link #measure} computes what has not been
   * prepared, and refuses what cannot be.
   */
  void prepare(List<Rollout> rollouts);

  /**
   * One forward pass, then the Gram matrix of the objectives' last-layer ascent gradients.
   *
   * @param klCoefficient of the penalty for straying from the reference policy, also in what {@link
   *     #backward} makes of the batch; empty for that of the settings
   * @throws NonFiniteObjectiveException if an objective's loss or gradient is not finite; the batch
   *     is then discarded
   */
  MeasuredBatch measure(List<ScoredRollout> batch, OptionalDouble klCoefficient);

  /** Measures a batch with the settings' own penalty. */
  default MeasuredBatch measure(List<ScoredRollout> batch) {
    return measure(batch, OptionalDouble.empty());
  }

  /**
   * One backward pass of {@code Σ wᵢLᵢ + klWeight·KL} plus the value heads' losses over the
   * measured batch, and its end.
   *
   * @param weights shape (M), on the raw ascent gradients
   * @param klWeight of KL(policy || reference), in nats a token, as a loss: the divergence that the
   *     batch's statistics report
   * @param share of the batch in the step: scales every loss so that the gradients of all the
   *     step's batches add up to the gradient of their union
   * @return descent gradients of all trainable tensors; if lent, then until a newer version is
   *     adopted, or the next call of this
   */
  List<NamedTensor> backward(double[] weights, double klWeight, BatchShare share);

  /** Differentiates a batch that is the whole step. */
  default List<NamedTensor> backward(double[] weights, double klWeight) {
    return backward(weights, klWeight, BatchShare.WHOLE);
  }

  /** Frees the measured batch without a backward pass; harmless if there is none. */
  void discard();

  /** Frees the native memory. */
  @Override
  void close();
}
