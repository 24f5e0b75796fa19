package io.gapo.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.broker.EmbeddedBroker;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
class TopicsCreateCommandIT {

  private final Shell shell = new Shell();

  @Test
  void createsWhatIsMissingAndIsHarmlessIfRepeated(@TempDir Path directory) {
    try (EmbeddedBroker broker = EmbeddedBroker.open(directory, 0)) {
      String[] create = {
        "topics",
        "create",
        "--bootstrap-servers",
        broker.bootstrapServers(),
        "--set",
        "gapo.kafka.topic-prefix=run1."
      };

      assertThat(shell.run(create)).isZero();
      assertThat(shell.out()).contains("created  run1.prompts", "created  run1.lineage");
      assertThat(shell.out()).doesNotContain("exists");

      assertThat(shell.run(create)).isZero();
      assertThat(shell.out()).contains("exists   run1.prompts").doesNotContain("created");
    }
  }

  @Test
  void saysWhichTopicsHaveOtherPartitionsThanTheSettingsAskFor(@TempDir Path directory) {
    try (EmbeddedBroker broker = EmbeddedBroker.open(directory, 0)) {
      assertThat(create(broker, 2)).as(shell.err()).isZero();

      assertThat(create(broker, 3)).isEqualTo(1);

      assertThat(shell.out()).contains("exists   gapo.prompts");
      assertThat(shell.err())
          .contains(
              "topic gapo.prompts has 2 partitions; with gapo.kafka.partitions = 3 it needs 3: set that, or delete"
                  + " the topic")
          .doesNotContain("gapo.lineage", "\tat ");
    }
  }

  private int create(EmbeddedBroker broker, int partitions) {
    return shell.run(
        "topics",
        "create",
        "--bootstrap-servers",
        broker.bootstrapServers(),
        "--set",
        "gapo.kafka.partitions=" + partitions);
  }

  @Test
  void saysWhyABrokerRefuses(@TempDir Path directory) {
    try (EmbeddedBroker broker = EmbeddedBroker.open(directory, 0)) {
      int exitCode =
          shell.run(
              "topics",
              "create",
              "--bootstrap-servers",
              broker.bootstrapServers(),
              "--set",
              "gapo.kafka.replication-factor=3");

      assertThat(exitCode).isEqualTo(1);
      assertThat(shell.err())
          .startsWith("gapo topics create: topic gapo.prompts cannot be created")
          .containsIgnoringCase("replication factor")
          .doesNotContain("\tat ");
    }
  }
}
