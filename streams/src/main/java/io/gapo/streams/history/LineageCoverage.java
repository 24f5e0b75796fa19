package io.gapo.streams.history;

import io.gapo.streams.kafka.KafkaSettings;
import io.gapo.streams.kafka.TopicReader;
import java.util.HashSet;
import java.util.Set;

/** Whether the lineage still tells what became of all that a consumer group will be delivered. */
public final class LineageCoverage {

  private LineageCoverage() {}

  /**
   * Refuses to continue if a topic is delivered from its beginning and the lineage has lost its
   * own: without a committed offset nobody knows how much of the topic was settled by what is lost.
   * Blocks.
   *
   * @throws ForgottenFatesException naming topic, group, partitions and the remedy
   */
  public static void require(KafkaSettings settings, String group, String topic) {
    TopicReader reader = new TopicReader(settings);
    String lineage = settings.topics().lineage();
    long begin = reader.ranges(lineage).values().stream().mapToLong(r -> r.begin()).max().orElse(0);
    if (begin == 0) {
      return;
    }
    Set<Integer> uncommitted = new HashSet<>();
    reader
        .ranges(topic)
        .forEach(
            (partition, range) -> {
              if (!range.isEmpty()) {
                uncommitted.add(partition);
              }
            });
    uncommitted.removeAll(reader.committed(group, topic).keySet());
    if (!uncommitted.isEmpty()) {
      throw new ForgottenFatesException(lineage, begin, group, topic, uncommitted);
    }
  }
}
