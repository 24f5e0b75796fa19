package io.gapo.ops.lineage;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.broker.EmbeddedBroker;
import io.gapo.core.lineage.LineageRecord;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.ops.config.ConfigFiles;
import io.gapo.ops.config.KafkaConfig;
import io.gapo.ops.kafka.Cluster;
import io.gapo.streams.codec.LineageCodec;
import io.gapo.streams.topic.TopicCreation;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
class LineageTailIT {

  @Test
  void showsNoRecordOfAnAbortedTransaction(@TempDir Path directory) throws Exception {
    BlockingQueue<LineageRecord> seen = new LinkedBlockingQueue<>();
    try (EmbeddedBroker broker = EmbeddedBroker.open(directory, 0)) {
      KafkaConfig kafka = connection(broker);
      try (Cluster cluster = Cluster.connect(kafka)) {
        TopicCreation.createAndAwait(
            cluster.admin(), kafka.topics(), kafka.topicLayout(), kafka.connectTimeout());
      }
      try (KafkaProducer<byte[], byte[]> producer = transactions(kafka)) {
        producer.beginTransaction();
        write(producer, kafka, settlement("aborted"));
        producer.abortTransaction();
        producer.beginTransaction();
        write(producer, kafka, settlement("committed"));
        producer.commitTransaction();
      }

      try (LineageTail tail = LineageTail.fromBeginning(kafka, seen::add)) {
        assertThat(seen.poll(2, MINUTES)).isEqualTo(settlement("committed"));
        assertThat(tail).isNotNull();
      }
    }
    assertThat(seen).isEmpty();
  }

  private static Settlement settlement(String promptId) {
    return new Settlement(
        new RolloutReference(promptId + "#0", "digest", promptId, 0, "text"),
        Fate.STALE,
        1,
        "too old");
  }

  private static void write(
      KafkaProducer<byte[], byte[]> producer, KafkaConfig kafka, LineageRecord record)
      throws Exception {
    producer
        .send(new ProducerRecord<>(kafka.topics().lineage(), new LineageCodec().encode(record)))
        .get(2, MINUTES);
  }

  private static KafkaProducer<byte[], byte[]> transactions(KafkaConfig kafka) {
    Map<String, Object> properties = new HashMap<>(kafka.clientProperties());
    properties.put("transactional.id", "writer");
    KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    producer.initTransactions();
    return producer;
  }

  private static KafkaConfig connection(EmbeddedBroker broker) {
    return KafkaConfig.from(
        ConfigFiles.load(
            Optional.empty(),
            Map.of("gapo.kafka.bootstrap-servers", broker.bootstrapServers()),
            Map.of()));
  }
}
