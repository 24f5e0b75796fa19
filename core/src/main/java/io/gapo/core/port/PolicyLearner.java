package io.gapo.core.port;

import io.gapo.core.lineage.AppliedUpdate;
import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.policy.NamedTensor;
import java.util.List;
import java.util.Optional;

/**
 * The one true copy of the policy: applies gradients to it and keeps it on disk.
 *
 * <p>Not thread-safe. A new learner holds the initial policy until {@link #restore} finds a
 * checkpoint.
 */
public interface PolicyLearner extends AutoCloseable {

  /**
   * Loads the newest complete checkpoint, optimizer moments and schedule included, if there is one.
   */
  Optional<CheckpointState> restore();

  /** The trainable tensors as they are now; if lent, then until the next update changes them. */
  List<NamedTensor> tensors();

  /**
   * One optimizer step: sums the parts, clips their global norm, AdamW.
   *
   * @param parts descent gradients, one list of all trainable tensors a gradient collector
   * @throws NonFiniteGradientException if a gradient is NaN or infinite; the policy is unchanged
   * @throws IllegalArgumentException if a part's names or shapes are not the policy's
   * @throws TensorsReleasedException if a part was lent and is gone; the policy is unchanged
   */
  AppliedUpdate apply(List<List<NamedTensor>> parts);

  /**
   * Writes everything {@link #restore} needs, atomically: after a crash at any instant the newest
   * complete checkpoint is either this one or the one before.
   */
  void save(CheckpointState state);

  /** Frees the native memory and the lock on the checkpoint directory. */
  @Override
  void close();
}
