package io.gapo.broker;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
class EmbeddedBrokerIT {

  private static final String TOPIC = "letters";

  @Test
  void keepsRecordsOverARestart(@TempDir Path directory) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.open(directory, 0)) {
      createTopic(broker.bootstrapServers());
      write(broker.bootstrapServers(), "a", "b");
    }

    try (EmbeddedBroker broker = EmbeddedBroker.open(directory, 0)) {
      write(broker.bootstrapServers(), "c");

      assertThat(read(broker.bootstrapServers(), 3)).containsExactly("a", "b", "c");
    }
  }

  @Test
  void keepsAcknowledgedRecordsWhenItsProcessIsKilled(@TempDir Path directory) throws Exception {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                BrokerProcess.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String bootstrapServers;
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      bootstrapServers = output.readLine();
      createTopic(bootstrapServers);
      write(bootstrapServers, "a", "b");
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.waitFor(2, MINUTES)).isTrue();

    try (EmbeddedBroker broker = EmbeddedBroker.open(directory, 0)) {
      assertThat(read(broker.bootstrapServers(), 2)).containsExactly("a", "b");
    }
  }

  @Test
  void takesRecordsOfSeveralMegabytes(@TempDir Path directory) throws Exception {
    String large = "x".repeat(5 << 20);
    try (EmbeddedBroker broker = EmbeddedBroker.open(directory, 0)) {
      createTopic(broker.bootstrapServers());

      write(broker.bootstrapServers(), large);

      assertThat(read(broker.bootstrapServers(), 1)).containsExactly(large);
    }
  }

  @Test
  void refusesADirectoryThatAnotherBrokerUses(@TempDir Path directory) {
    try (EmbeddedBroker broker = EmbeddedBroker.open(directory, 0)) {
      assertThatThrownBy(() -> EmbeddedBroker.open(broker.dataDirectory(), 0))
          .isInstanceOf(BrokerStartException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("in use by process " + ProcessHandle.current().pid())
          .hasMessageContaining("stop that one first");
    }
  }

  @Test
  void refusesAPortThatIsTakenAndFreesTheDirectory(@TempDir Path directory) throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> EmbeddedBroker.open(directory, other.getLocalPort()))
          .isInstanceOf(BrokerStartException.class)
          .hasMessageContaining("port " + other.getLocalPort())
          .hasMessageContaining("choose another port");
    }
    EmbeddedBroker.open(directory, 0).close();
  }

  @Test
  void choosesTheControllersPortWhileTheBrokersIsBound() throws Exception {
    int port;
    try (ServerSocket broker = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = broker.getLocalPort();
      assertThatThrownBy(() -> EmbeddedBroker.freePortBeside(port))
          .isInstanceOf(BindException.class);
    }

    assertThat(EmbeddedBroker.freePortBeside(port)).isNotEqualTo(port);
  }

  @Test
  void saysThatADamagedDirectoryCanBeMovedAwayAndFreesIt(@TempDir Path directory) throws Exception {
    Path properties = directory.resolve("meta.properties");
    Files.writeString(properties, "version=1\nnode.id=7\ncluster.id=elsewhere\n");

    assertThatThrownBy(() -> EmbeddedBroker.open(directory, 0))
        .isInstanceOf(BrokerStartException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("move it away");

    Files.delete(properties);
    EmbeddedBroker.open(directory, 0).close();
  }

  private static void createTopic(String bootstrapServers) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get(2, MINUTES);
    }
  }

  private static void write(String bootstrapServers, String... values) throws Exception {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "max.request.size",
            EmbeddedBroker.MAX_RECORD_BYTES);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (String value : values) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        assertThat(producer.send(new ProducerRecord<>(TOPIC, bytes)).get(2, MINUTES)).isNotNull();
      }
    }
  }

  private static List<String> read(String bootstrapServers, int count) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(TOPIC, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      List<String> values = new ArrayList<>();
      long deadline = System.nanoTime() + MINUTES.toNanos(2);
      while (values.size() < count && System.nanoTime() < deadline) {
        consumer
            .poll(Duration.ofSeconds(1))
            .forEach(record -> values.add(new String(record.value(), StandardCharsets.UTF_8)));
      }
      return values;
    }
  }
}
