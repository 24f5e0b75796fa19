package io.gapo.core.policy;

import java.util.List;

/**
 * All trainable tensors of one policy version, value heads included.
 *
 * @param epoch of the optimizer that made it: a restarted optimizer counts one up, and whoever has
 *     seen a newer epoch ignores an older one
 */
public record PolicySnapshot(PolicyVersion version, long epoch, List<NamedTensor> tensors) {

  public PolicySnapshot {
    tensors = List.copyOf(tensors);
  }

  /**
   * Copies lent tensors to the heap, where they stay valid.
   *
   * @throws TensorsReleasedException if a lent tensor was released already
   */
  public PolicySnapshot onHeap() {
    return new PolicySnapshot(version, epoch, tensors.stream().map(NamedTensor::onHeap).toList());
  }

  /** Whether it comes from a newer optimizer than {@code other}, or from the same one later. */
  public boolean supersedes(PolicySnapshot other) {
    return epoch > other.epoch || (epoch == other.epoch && version.compareTo(other.version) > 0);
  }
}
