package io.gapo.core.flow;

import io.gapo.core.settings.Bounds;

/**
 * How far sampling may run ahead of training: the backpressure that Kafka does not carry.
 *
 * <p>A prompt is admitted while the rollouts that no version has used yet, in flight or waiting in
 * a topic, are fewer than {@code batch × (max staleness + 1)}. With full batches this is the rule
 * {@code generated + in flight < batch × (version + max staleness + 1)} of asynchronous RL systems
 * (AReaL, Fu et al. 2025, §5.1); counted this way, a rollout that is settled without being trained
 * on gives its place back.
 *
 * @param batchSize rollouts a training step
 */
public record AdmissionQuota(int batchSize, StalenessLimit staleness) {

  public AdmissionQuota {
    Bounds.atLeast("batch-size", batchSize, 1);
  }

  /**
   * The quota where several collectors make every version together, each with a batch of its own.
   *
   * @param collectors at least 1
   */
  public AdmissionQuota times(int collectors) {
    Bounds.atLeast("collectors", collectors, 1);
    return new AdmissionQuota(Math.multiplyExact(collectors, batchSize), staleness);
  }

  /** The most rollouts that may be outstanding before a further prompt is admitted. */
  public int limit() {
    return Math.multiplyExact(batchSize, staleness.versions() + 1);
  }

  /** Whether one more prompt may be sampled. */
  public boolean admits(int outstandingRollouts) {
    return outstandingRollouts < limit();
  }
}
