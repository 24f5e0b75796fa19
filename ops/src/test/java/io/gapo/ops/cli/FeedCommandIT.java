package io.gapo.ops.cli;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.broker.EmbeddedBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
class FeedCommandIT {

  private final Shell shell = new Shell();

  @Test
  void feedsGoodLinesAndNamesBadOnes(@TempDir Path directory) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("prompts.jsonl"), "{\"id\": \"a\", \"prompt\": \"hi\"}\nbad\n");
    try (EmbeddedBroker broker = EmbeddedBroker.open(directory.resolve("kafka"), 0)) {
      String servers = broker.bootstrapServers();

      assertThat(shell.run("feed", file.toString(), "--bootstrap-servers", servers)).isEqualTo(1);
      assertThat(shell.err())
          .contains("has no topic gapo.prompts")
          .contains("make it with 'gapo topics create'");

      assertThat(shell.run("topics", "create", "--bootstrap-servers", servers)).isZero();
      assertThat(shell.run("feed", file.toString(), "--bootstrap-servers", servers)).isEqualTo(1);
      assertThat(shell.out())
          .isEqualToNormalizingNewlines("1 prompts fed to gapo.prompts, 1 invalid lines\n");
      assertThat(shell.err()).startsWith(file + ":2: malformed JSON");

      assertThat(shell.run("feed", file.toString(), "--raw", "--bootstrap-servers", servers))
          .isZero();
      assertThat(shell.out())
          .isEqualToNormalizingNewlines(
              "2 prompts fed to gapo.prompts, 1 invalid lines among them\n");
      assertThat(read(servers, "gapo.prompts", 3))
          .containsExactlyInAnyOrder(
              "{\"id\": \"a\", \"prompt\": \"hi\"}", "{\"id\": \"a\", \"prompt\": \"hi\"}", "bad");
    }
  }

  @Test
  void aFileIsFedForSeveralEpochsUnderIdsOfTheirOwn(@TempDir Path directory) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("prompts.jsonl"),
            "{\"id\": \"a\", \"prompt\": \"hi\"}\n{\"id\": \"b\", \"prompt\": \"ho\"}\n");
    try (EmbeddedBroker broker = EmbeddedBroker.open(directory.resolve("kafka"), 0)) {
      String servers = broker.bootstrapServers();
      shell.run("topics", "create", "--bootstrap-servers", servers);
      shell.run("feed", file.toString(), "--bootstrap-servers", servers);

      assertThat(shell.run("feed", file.toString(), "--bootstrap-servers", servers)).isZero();
      assertThat(shell.out())
          .contains("0 prompts fed to gapo.prompts, 0 invalid lines")
          .contains("2 prompts left out, whose ids were fed before")
          .contains("--repeat 2");
      assertThat(shell.err()).startsWith(file + ":1: prompt id 'a' was fed before");

      assertThat(
              shell.run("feed", file.toString(), "--repeat", "3", "--bootstrap-servers", servers))
          .isZero();
      assertThat(shell.out()).contains("4 prompts fed to gapo.prompts, 0 invalid lines");
      assertThat(read(servers, "gapo.prompts", 6))
          .contains("{\"id\":\"a~3\",\"prompt\":\"hi\"}")
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void refusesToRepeatWhatHasNoSecondPass() {
    assertThat(shell.run("feed", "-", "--repeat", "2")).isEqualTo(2);
    assertThat(shell.err()).contains("standard input can be read only once");

    assertThat(shell.run("feed", "any.jsonl", "--raw", "--repeat", "2")).isEqualTo(2);
    assertThat(shell.err()).contains("--raw feeds lines as they are");

    assertThat(shell.run("feed", "any.jsonl", "--repeat", "0")).isEqualTo(2);
    assertThat(shell.err()).contains("--repeat must be at least 1, was 0");
  }

  private static List<String> read(String servers, String topic, int count) {
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", servers),
            new StringDeserializer(),
            new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      List<String> values = new ArrayList<>();
      long deadline = System.nanoTime() + MINUTES.toNanos(2);
      while (values.size() < count && System.nanoTime() < deadline) {
        consumer.poll(Duration.ofSeconds(1)).forEach(record -> values.add(record.value()));
      }
      return values;
    }
  }
}
