package io.gapo.ops.cli;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gapo.broker.EmbeddedBroker;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.rollout.ChatMessage;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.PromptNotes;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.Score;
import io.gapo.streams.codec.LineageCodec;
import io.gapo.streams.codec.RolloutCodec;
import io.gapo.streams.codec.ScoreCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
class SamplesCommandIT {

  private static final String HOSTILE = "Bonjour\u001b[2J \u202eevil\nsecond line";

  private static EmbeddedBroker broker;
  private static Path config;

  private final Shell shell = new Shell();

  @BeforeAll
  static void writeARun(@TempDir Path directory) throws Exception {
    broker = EmbeddedBroker.open(directory.resolve("kafka"), 0);
    config =
        Files.writeString(
            directory.resolve("gapo.conf"),
            """
            gapo {
              kafka { bootstrap-servers = "%s", partitions = 1 }
              objectives = [ { name = polite, scored-by = reward-scorer, rule { kind = sentiment } },
                             { name = brief, scored-by = cost-scorer, rule { kind = conciseness } } ]
            }
            """
                .formatted(broker.bootstrapServers()));
    new Shell().run("topics", "create", "--config", config.toString());
    new Shell()
        .run(
            "topics",
            "create",
            "--config",
            config.toString(),
            "--set=gapo.kafka.topic-prefix=new.");
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < 12; i++) {
        Rollout rollout = rollout(i);
        send(producer, "gapo.rollouts", new RolloutCodec().encode(rollout));
        if (i < 11) {
          double polite = i == 3 ? -0.75 : 0.5;
          send(producer, "gapo.scores", score(rollout, "polite", polite));
          send(producer, "gapo.scores", score(rollout, "brief", i));
        }
      }
      send(
          producer,
          "gapo.lineage",
          new LineageCodec()
              .encode(
                  new Settlement(
                      RolloutReference.to(rollout(10)), Fate.STALE, 9, "2 versions late")));
    }
  }

  private static byte[] score(Rollout rollout, String objective, double value) {
    return new ScoreCodec().encode(new Score(rollout.id(), rollout.digest(), objective, value));
  }

  private static Rollout rollout(int number) {
    return new Rollout(
        "p" + number,
        1,
        "Say hello, please.",
        number == 10 ? HOSTILE : "Hello " + number,
        new int[] {1, 2},
        new int[] {3, 4},
        new float[] {-0.5f, -0.5f},
        new long[] {number / 4, number / 4 + number % 2},
        number % 2 == 0 ? FinishReason.LENGTH : FinishReason.END_OF_SEQUENCE,
        7,
        Optional.empty(),
        PromptNotes.NONE,
        List.of(new ChatMessage("system", "Answer in French.")));
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, String topic, byte[] value)
      throws Exception {
    producer.send(new ProducerRecord<>(topic, value)).get(2, MINUTES);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private int run(String... options) {
    List<String> arguments = new ArrayList<>(List.of("samples", "--config", config.toString()));
    arguments.addAll(List.of(options));
    return shell.run(arguments.toArray(String[]::new));
  }

  @Test
  void showsTheNewestWithScoresAndFatesAndEscapesWhatTheyHold() {
    assertThat(run("--last", "2", "--conversation")).isZero();

    assertThat(shell.out())
        .isEqualTo(
            """
            p11#1, v2 to v3, 2 tokens (stop), waiting
              scores   none
              system   Answer in French.
              prompt   Say hello, please.
              response Hello 11

            p10#1, v2, 2 tokens (length), stale at v9: 2 versions late
              scores   polite +0.500  brief +10.000
              system   Answer in French.
              prompt   Say hello, please.
              response Bonjour\\u001b[2J \\u202eevil
                       second line

            """);
    assertThat(shell.err())
        .isEqualTo(
            """
            note: 1 responses have no score of polite yet
            note: 1 responses have no score of brief yet
            """);
  }

  @Test
  void ranksByAnObjective() {
    assertThat(run("--objective", "polite", "--worst", "--limit", "1")).isZero();
    assertThat(shell.out()).startsWith("p3#1").contains("polite -0.750");

    assertThat(run("--objective", "brief", "--best", "--version", "1")).isZero();
    assertThat(shell.out().lines().filter(line -> line.startsWith("p")))
        .extracting(line -> line.substring(0, 2))
        .containsExactly("p7", "p6", "p5", "p4");
  }

  @Test
  void printsOneJsonObjectALine() throws Exception {
    assertThat(run("--version=2", "--json")).isZero();

    List<JsonNode> samples = new ArrayList<>();
    for (String line : shell.out().lines().toList()) {
      assertThat(line).doesNotContain("\u001b", "\u202e");
      samples.add(new ObjectMapper().readTree(line));
    }
    assertThat(samples).hasSize(4);
    JsonNode stale =
        samples.stream()
            .filter(sample -> sample.path("id").asText().equals("p10#1"))
            .findFirst()
            .orElseThrow();
    assertThat(stale.path("response").asText()).isEqualTo(HOSTILE);
    assertThat(stale.path("scores").path("brief").asDouble()).isEqualTo(10);
    assertThat(stale.path("fate").path("kind").asText()).isEqualTo("stale");
    assertThat(stale.path("history").path(0).path("role").asText()).isEqualTo("system");
  }

  @Test
  void saysWhatIsNotThere() {
    assertThat(run("--set=gapo.kafka.topic-prefix=new.")).isZero();
    assertThat(shell.out()).isEqualTo("there are no responses yet in topic new.rollouts\n");

    assertThat(run("--version", "70")).isZero();
    assertThat(shell.out())
        .isEqualTo("no response was found that v70 began; the newest is of v3\n");

    assertThat(run("--objective=kind", "--best")).isEqualTo(1);
    assertThat(shell.err())
        .contains("none of the 12 newest responses has a score of 'kind'")
        .contains("there are scores of [polite, brief]");

    assertThat(run("--set=gapo.kafka.topic-prefix=none.")).isEqualTo(1);
    assertThat(shell.err()).contains("none.rollouts").contains("gapo topics create");
  }

  @Test
  void saysHowToReadMoreThanItDid() {
    assertThat(run("--version", "0", "--scan", "4")).isZero();

    assertThat(shell.out()).startsWith("no response was found that v0 began");
    assertThat(shell.err())
        .contains("the newest 4 of 12 records of topic gapo.rollouts were read")
        .endsWith("note: --scan with more than 4 reads more\n");
  }

  @Test
  void refusesOptionsThatMakeNoSense() {
    assertThat(run("--last", "0")).isEqualTo(2);
    assertThat(shell.err()).contains("--last must be from 1 to 10000, was 0");
    assertThat(run("--worst")).isEqualTo(2);
    assertThat(shell.err()).contains("--objective");
    assertThat(run("--objective", "polite")).isEqualTo(2);
    assertThat(run("--objective", "polite", "--worst", "--best")).isEqualTo(2);
    assertThat(run("--version=-1")).isEqualTo(2);
  }

  @Test
  void leavesNoConsumerGroupBehind() throws Exception {
    run();

    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      assertThat(admin.listGroups().all().get(2, MINUTES)).isEmpty();
    }
  }
}
