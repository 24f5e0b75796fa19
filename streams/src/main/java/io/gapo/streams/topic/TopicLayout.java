package io.gapo.streams.topic;

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
    if (partitions < 1) {
      throw new IllegalArgumentException("partitions must be >= 1, was " + partitions);
    }
    if (replicationFactor < 1) {
      throw new IllegalArgumentException(
          "replication factor must be >= 1, was " + replicationFactor);
    }
    if (tensorRetentionBytes < 1) {
      throw new IllegalArgumentException(
          "tensor retention must be >= 1 byte, was " + tensorRetentionBytes);
    }
  }
}
