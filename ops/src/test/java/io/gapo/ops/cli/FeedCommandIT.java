package io.gapo.ops.cli;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
          .contains("is read as format prompt: its first rows have 'prompt'")
          .contains("1 prompts fed to gapo.prompts, 1 invalid rows")
          .contains("1 rows not-json: 2");
      assertThat(shell.err()).startsWith(file + ":2: malformed JSON");

      assertThat(shell.run("feed", file.toString(), "--raw", "--bootstrap-servers", servers))
          .isZero();
      assertThat(shell.out()).contains("2 prompts fed to gapo.prompts, 1 invalid rows among them");
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
          .contains("0 prompts fed to gapo.prompts, 0 invalid rows")
          .contains("2 rows known-id: 1, 2; their ids were fed before")
          .contains("--repeat 2");
      assertThat(shell.err()).startsWith(file + ":1: prompt id 'a' was fed before");

      assertThat(
              shell.run("feed", file.toString(), "--repeat", "3", "--bootstrap-servers", servers))
          .isZero();
      assertThat(shell.out()).contains("4 prompts fed to gapo.prompts, 0 invalid rows");
      assertThat(read(servers, "gapo.prompts", 6))
          .contains("{\"id\":\"a~3\",\"prompt\":\"hi\"}")
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void feedsParquetShuffledAndSaysTheSameInEveryReport(@TempDir Path directory) throws Exception {
    String file = "src/test/resources/feed/pku-saferlhf.parquet";
    Path heldOut = directory.resolve("held-out.jsonl");
    Path skipped = directory.resolve("skipped.jsonl");
    Path json = directory.resolve("summary.json");
    try (EmbeddedBroker broker = EmbeddedBroker.open(directory.resolve("kafka"), 0)) {
      String servers = broker.bootstrapServers();
      shell.run("topics", "create", "--bootstrap-servers", servers);

      int exitCode =
          shell.run(
              "feed",
              file,
              "--shuffle",
              "--seed=5",
              "--held-out=0.3",
              "--held-out-file=" + heldOut,
              "--skipped=" + skipped,
              "--json=" + json,
              "--bootstrap-servers",
              servers);

      assertThat(exitCode).isEqualTo(1);
      assertThat(shell.out())
          .contains("is read as format pku-saferlhf")
          .contains("1 rows no-prompt: 60")
          .contains("--keep-duplicates");
      JsonNode summary = new ObjectMapper().readTree(json.toFile());
      int fed = summary.path("fed").asInt();
      List<String> aside = Files.readAllLines(heldOut);
      assertThat(summary.path("rows").asInt()).isEqualTo(60);
      assertThat(summary.path("exit_code").asInt()).isEqualTo(1);
      assertThat(summary.path("held_out").asInt()).isEqualTo(aside.size()).isBetween(1, 20);
      assertThat(fed).isEqualTo(30 - aside.size());
      assertThat(summary.path("skipped").path("duplicate").asInt()).isBetween(29, 30);
      assertThat(Files.readAllLines(skipped)).hasSize(60 - fed - aside.size());
      assertThat(read(servers, "gapo.prompts", fed)).doesNotContainAnyElementsOf(aside);
    }
  }

  @Test
  void refusesOptionsThatContradictEachOther() {
    assertThat(shell.run("feed", "any.jsonl", "--format", "csv")).isEqualTo(2);
    assertThat(shell.err()).contains("--format must be auto, prompt, messages");

    assertThat(shell.run("feed", "any.jsonl", "--held-out", "0.1")).isEqualTo(2);
    assertThat(shell.err()).contains("--held-out and --held-out-file need each other");

    assertThat(shell.run("feed", "any.jsonl", "--limit", "0")).isEqualTo(2);
    assertThat(shell.err()).contains("--limit must be at least 1, was 0");
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
