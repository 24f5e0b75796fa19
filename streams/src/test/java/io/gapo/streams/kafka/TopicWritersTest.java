package io.gapo.streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.streams.Examples;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class TopicWritersTest {

  private static final int PARTITIONS = 2;
  private static final String COLLECTOR = Examples.step(3).collector();
  private static final Pattern KEY_COMMENT =
      Pattern.compile(
          "^// Topic ([a-z-]+)(?:, which has one partition)?\\. Key: (.+)$", Pattern.MULTILINE);

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

  @Test
  void gapoProtoTellsOtherClientsTheKeys() throws IOException {
    Map<String, String> written =
        Map.of(
            "rollouts",
            TopicWriters.key(Examples.rollout("{prompt_id}", 1)),
            "scores",
            TopicWriters.key(Examples.score(Examples.rollout("{prompt_id}", 1), 0.5)),
            "objective-gradients",
            TopicWriters.key(Examples.objectiveGradients(3)).replace(COLLECTOR, "{step.collector}"),
            "update-directions",
            TopicWriters.key(Examples.direction(3)).replace(COLLECTOR, "{step.collector}"),
            "lineage",
            "%s or %s"
                .formatted(
                    TopicWriters.key(Examples.versionLineage(3)).replace("3", "{version.version}"),
                    TopicWriters.key(Examples.settlement("a", Fate.STALE))
                        .replace("a#0", "{settlement.rollout.id}")));

    Map<String, String> documented = new HashMap<>();
    KEY_COMMENT
        .matcher(Files.readString(Path.of("src/main/proto/gapo.proto")))
        .results()
        .forEach(comment -> documented.put(comment.group(1), comment.group(2)));

    assertThat(documented).containsAllEntriesOf(written);
  }

  private static int partition(String key) {
    return BuiltInPartitioner.partitionForKey(key.getBytes(StandardCharsets.UTF_8), PARTITIONS);
  }
}
