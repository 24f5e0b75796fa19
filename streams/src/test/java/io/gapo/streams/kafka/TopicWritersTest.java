package io.gapo.streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class TopicWritersTest {

  private static final int PARTITIONS = 2;

  /** Else one collector would get all that is sampled while one partition's prompts are read. */
  @Test
  void theRolloutsOfOnePartitionsPromptsAreSpreadOverAllPartitions() {
    long[] spread = new long[PARTITIONS];
    IntStream.range(0, 4000)
        .mapToObj(i -> "p" + i)
        .filter(promptId -> partition(promptId) == 0)
        .forEach(promptId -> spread[partition(TopicWriters.group(promptId))]++);

    assertThat(spread[0]).isBetween(900L, 1100L);
    assertThat(spread[1]).isBetween(900L, 1100L);
  }

  private static int partition(String key) {
    return BuiltInPartitioner.partitionForKey(key.getBytes(StandardCharsets.UTF_8), PARTITIONS);
  }
}
