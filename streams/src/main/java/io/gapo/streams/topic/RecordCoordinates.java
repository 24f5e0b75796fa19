package io.gapo.streams.topic;

/** Where a record stands in Kafka. */
public record RecordCoordinates(String topic, int partition, long offset) {

  /** {@code topic-partition-offset}, which no other record of the cluster has. */
  public String id() {
    return topic + "-" + partition + "-" + offset;
  }

  @Override
  public String toString() {
    return "%s partition %s offset %s".formatted(topic, partition, offset);
  }
}
