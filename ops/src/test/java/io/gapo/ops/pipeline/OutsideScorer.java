package io.gapo.ops.pipeline;

import com.google.protobuf.InvalidProtocolBufferException;
import io.gapo.ops.config.GapoConfig;
import io.gapo.streams.proto.RolloutMessage;
import io.gapo.streams.proto.ScoreMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A process of someone else's that scores an objective: it knows gapo.proto and nothing of the
 * service, and writes much that is no score. What it does score, it scores above 0.
 */
final class OutsideScorer implements AutoCloseable {

  private final String objective;
  private final String rollouts;
  private final String scores;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Thread thread = new Thread(this::run, "outside-scorer");
  private volatile boolean stopped;

  OutsideScorer(GapoConfig config, String objective) {
    this.objective = objective;
    this.rollouts = config.kafka().topics().rollouts();
    this.scores = config.kafka().topics().scores();
    String servers = config.kafka().bootstrapServers();
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", servers,
                "group.id", "outside",
                "auto.offset.reset", "earliest",
                "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", servers),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    thread.start();
  }

  /** Whether it has no score for the rollouts of this prompt. */
  static boolean isUnscorable(String promptId) {
    return List.of(1, 2).contains(kind(promptId));
  }

  private static int kind(String promptId) {
    return Integer.parseInt(promptId.substring(1)) % 10;
  }

  private void run() {
    consumer.subscribe(List.of(rollouts));
    while (!stopped) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
        score(record);
      }
      producer.flush();
    }
    consumer.close();
    producer.close();
  }

  private void score(ConsumerRecord<byte[], byte[]> record) {
    RolloutMessage rollout;
    try {
      rollout = RolloutMessage.parseFrom(record.value());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
    ScoreMessage.Builder score =
        ScoreMessage.newBuilder()
            .setRolloutId("%s#%s".formatted(rollout.getPromptId(), rollout.getSampleIndex()))
            .setRolloutDigest(rollout.getDigest())
            .setObjective(objective);
    switch (kind(rollout.getPromptId())) {
      case 1 -> score.setNoScore("it is about lamps");
      case 2 -> score.setValue(Double.NaN);
      case 3 -> {
        write(record.key(), "nonsense".getBytes(StandardCharsets.UTF_8));
        write(record.key(), score.clone().setRolloutDigest("0").setValue(0));
        write(record.key(), score.clone().setRolloutId("nobody#0").setValue(0));
        write(record.key(), score.clone().setObjective("misspelled").setValue(0));
        score.setValue(1);
      }
      default -> score.setValue(1 + rollout.getResponse().length());
    }
    write(record.key(), score);
  }

  private void write(byte[] key, ScoreMessage.Builder score) {
    write(key, score.build().toByteArray());
  }

  private void write(byte[] key, byte[] value) {
    var unused = producer.send(new ProducerRecord<>(scores, key, value));
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
