package io.gapo.core.step;

import java.util.List;

/**
 * Policy versions between sampling and training.
 *
 * @param mean over the rollouts of a batch
 * @param max likewise
 */
public record Staleness(double mean, long max) {

  /** The staleness of a batch that is on-policy, or without rollouts. */
  public static final Staleness NONE = new Staleness(0, 0);

  /** The staleness of the union of batches. */
  static Staleness ofUnion(List<Staleness> parts, UnionMean overRollouts) {
    return new Staleness(
        overRollouts.of(parts, Staleness::mean),
        parts.stream().mapToLong(Staleness::max).max().orElseThrow());
  }
}
