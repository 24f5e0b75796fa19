package io.gapo.streams.topic;

/**
 * Where a record stands in Kafka.
 *
 * @param topicId what Kafka calls the topic beside its name: one that is deleted and created again
 *     has another id (KIP-516), and its offsets begin at 0 again. Empty where brokers give none
 */
public record RecordCoordinates(String topic, String topicId, int partition, long offset) {

  /** {@code topic@topicId-partition-offset}, which no other record of any cluster has. */
  public String id() {
    return partitionId() + "-" + offset;
  }

  /** {@code topic@topicId-partition}. */
  public String partitionId() {
    return (topicId.isEmpty() ? topic : topic + "@" + topicId) + "-" + partition;
  }

  /** The coordinates as they were written before topic ids were part of them. */
  public RecordCoordinates withoutTopicId() {
    return new RecordCoordinates(topic, "", partition, offset);
  }

  @Override
  public String toString() {
    return "%s partition %s offset %s".formatted(topic, partition, offset);
  }
}
