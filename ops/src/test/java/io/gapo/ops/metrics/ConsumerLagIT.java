package io.gapo.ops.metrics;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.broker.EmbeddedBroker;
import io.gapo.ops.config.ConfigFiles;
import io.gapo.ops.config.KafkaConfig;
import io.gapo.ops.feed.PromptFeeder;
import io.gapo.ops.kafka.Cluster;
import io.gapo.streams.topic.TopicCreation;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
class ConsumerLagIT {

  private static final String TOPIC = "gapo.prompts";
  private static final String GROUP = "gapo.rollout-generator";

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @Test
  void countsRecordsThatAGroupHasNotCommitted(@TempDir Path directory) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.open(directory, 0)) {
      KafkaConfig kafka = connection(broker);
      try (Cluster cluster = Cluster.connect(kafka);
          PromptFeeder feeder = feeder(cluster, kafka);
          ConsumerLag lag =
              ConsumerLag.watch(kafka, Map.of(GROUP, TOPIC), Duration.ofMillis(50), registry)) {
        for (int i = 0; i < 5; i++) {
          feeder.feed(Optional.empty(), new byte[] {'x'}).get(2, MINUTES);
        }
        awaitLag(5);

        cluster
            .admin()
            .alterConsumerGroupOffsets(
                GROUP, Map.of(new TopicPartition(TOPIC, 0), new OffsetAndMetadata(3)))
            .all()
            .get(2, MINUTES);
        awaitLag(2);
        assertThat(lag).isNotNull();
      }
    }
  }

  @Test
  void countsWhatATransactionWroteOnceItIsCommitted(@TempDir Path directory) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.open(directory, 0)) {
      KafkaConfig kafka = connection(broker);
      try (Cluster cluster = Cluster.connect(kafka);
          PromptFeeder feeder = feeder(cluster, kafka);
          KafkaProducer<byte[], byte[]> producer = transactions(kafka)) {
        feeder.feed(Optional.empty(), new byte[] {'x'}).get(2, MINUTES);
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(TOPIC, new byte[] {'y'})).get(2, MINUTES);

        assertThat(cluster.recordsWaiting(GROUP, TOPIC)).isEqualTo(1);
        producer.commitTransaction();
        // Its next transaction cannot begin before this one's marker is written.
        transactions(kafka).close();

        // Two records and the marker.
        assertThat(cluster.recordsWaiting(GROUP, TOPIC)).isEqualTo(3);
      }
    }
  }

  private static KafkaProducer<byte[], byte[]> transactions(KafkaConfig kafka) {
    Map<String, Object> properties = new HashMap<>(kafka.clientProperties());
    properties.put("transactional.id", "writer");
    KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    producer.initTransactions();
    return producer;
  }

  private static PromptFeeder feeder(Cluster cluster, KafkaConfig kafka) {
    TopicCreation.createAndAwait(
        cluster.admin(), kafka.topics(), kafka.topicLayout(), kafka.connectTimeout());
    return PromptFeeder.open(kafka);
  }

  private static KafkaConfig connection(EmbeddedBroker broker) {
    return KafkaConfig.from(
        ConfigFiles.load(
            Optional.empty(),
            Map.of(
                "gapo.kafka.bootstrap-servers",
                broker.bootstrapServers(),
                "gapo.kafka.connect-timeout",
                "2m",
                "gapo.kafka.partitions",
                1),
            Map.of()));
  }

  private void awaitLag(double records) {
    long deadline = System.nanoTime() + MINUTES.toNanos(2);
    double shown = Double.NaN;
    while (shown != records && System.nanoTime() < deadline) {
      Gauge gauge = registry.find("gapo.kafka.lag").tags("group", GROUP, "topic", TOPIC).gauge();
      shown = gauge == null ? Double.NaN : gauge.value();
      Thread.onSpinWait();
    }
    assertThat(shown).isEqualTo(records);
  }
}
