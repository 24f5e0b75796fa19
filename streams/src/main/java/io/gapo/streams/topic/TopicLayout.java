package io.gapo.streams.topic;

import io.gapo.core.settings.Bounds;

/**
 * How the topics are spread and bounded when they are created.
 *
 * @param partitions of the topics whose work several processes share; the most that can share it
 * @param replicationFactor at most the number of brokers
 * @param tensorRetentionBytes kept of gradients and of policy versions, each; at least two versions
 *     must fit
 */
public record TopicLayout(int partitions, short replicationFactor, long tensorRetentionBytes) {

  public TopicLayout {
    Bounds.atLeast("partitions", partitions, 1);
    Bounds.atLeast("replication-factor", replicationFactor, 1);
    Bounds.atLeast("tensor-retention", tensorRetentionBytes, 1);
  }
}
