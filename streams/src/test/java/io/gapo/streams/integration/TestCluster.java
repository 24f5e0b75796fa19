package io.gapo.streams.integration;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import io.gapo.broker.EmbeddedBroker;
import io.gapo.core.flow.Backoff;
import io.gapo.core.port.PipelineListener;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.KafkaSettings;
import io.gapo.streams.kafka.StageSettings;
import io.gapo.streams.kafka.TopicReader;
import io.gapo.streams.topic.RawRecord;
import io.gapo.streams.topic.TopicCreation;
import io.gapo.streams.topic.TopicLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A broker and an actor system that all tests share; each test has its own topics. */
final class TestCluster implements AutoCloseable {

  static final int PARTITIONS = 2;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final EmbeddedBroker broker;
  private final ActorSystem<Void> system =
      ActorSystem.create(Behaviors.empty(), "streams", ConfigFactory.load("application-test"));
  private final List<KafkaAccess> opened = new ArrayList<>();

  TestCluster(Path directory) {
    this.broker = EmbeddedBroker.open(directory, 0);
  }

  /** Creates a test's topics. */
  KafkaSettings topics(String prefix) {
    KafkaSettings settings = settings(prefix, Optional.empty());
    try (Admin admin = admin()) {
      createMissing(admin, settings);
    }
    return settings;
  }

  /** Deletes one of them and creates it again: empty, and with another id. */
  void createAgain(KafkaSettings settings, String topic) throws Exception {
    TopicReader reader = new TopicReader(settings);
    String before = reader.topicId(topic);
    try (Admin admin = admin()) {
      await(admin.deleteTopics(List.of(topic)).all().toCompletionStage());
      awaitUntil(
          "the topic is created again", () -> createMissing(admin, settings).contains(topic));
    }
    awaitUntil("its id is known", () -> !reader.topicId(topic).equals(before));
    awaitUntil(
        "its offsets are forgotten",
        () -> reader.committed(settings.groups().rolloutGenerator(), topic).isEmpty());
  }

  private static List<String> createMissing(Admin admin, KafkaSettings settings) {
    return TopicCreation.createAndAwait(
        admin, settings.topics(), new TopicLayout(PARTITIONS, (short) 1, 64 << 20), PATIENCE);
  }

  KafkaSettings settings(String prefix, Optional<String> instance) {
    return new KafkaSettings(
        Map.of("bootstrap.servers", broker.bootstrapServers()), prefix, instance);
  }

  Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
  }

  /** A process of the pipeline; closed with the cluster. */
  KafkaAccess access(KafkaSettings settings) {
    return access(settings, PipelineListener.NONE);
  }

  KafkaAccess access(KafkaSettings settings, PipelineListener listener) {
    StageSettings stages =
        new StageSettings(
            new Backoff(Duration.ofMillis(50), Duration.ofMillis(200)), Duration.ofSeconds(10));
    KafkaAccess kafka = KafkaAccess.open(system, settings, stages, listener);
    opened.add(kafka);
    return kafka;
  }

  /** Writes a record as any client would. */
  static void write(
      KafkaAccess kafka, String topic, int partition, @Nullable String key, byte @Nullable [] value)
      throws Exception {
    byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
    await(kafka.publisher().publish(new ProducerRecord<>(topic, partition, keyBytes, value)));
  }

  /** A producer of transactions, as another system may have; none is begun. */
  static KafkaProducer<byte[], byte[]> transactions(KafkaSettings settings) {
    Map<String, Object> properties = settings.producer();
    properties.put("transactional.id", settings.prefix() + "writer");
    KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    producer.initTransactions();
    return producer;
  }

  static List<RawRecord> read(KafkaSettings settings, String topic) {
    List<RawRecord> records = new ArrayList<>();
    new TopicReader(settings).readAll(topic, records::add);
    return records;
  }

  static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Waits until the cluster, which sends no signal, has come to some state. */
  static void awaitUntil(String what, BooleanSupplier condition) {
    long giveUpAt = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waiting until " + what).isLessThan(giveUpAt);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  @Override
  public void close() {
    opened.forEach(KafkaAccess::close);
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().join();
    broker.close();
  }
}
