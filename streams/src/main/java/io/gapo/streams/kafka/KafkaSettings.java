package io.gapo.streams.kafka;

import io.gapo.streams.topic.ConsumerGroups;
import io.gapo.streams.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.IsolationLevel;

/**
 * How to reach Kafka, and what to ask of it there.
 *
 * @param client properties for every Kafka client, {@code bootstrap.servers} among them; may be
 *     secret
 * @param prefix of topics and consumer groups
 * @param instance a name that this process alone has, and has again after a restart: it then takes
 *     up its partitions at once, where others wait until Kafka has given the killed process up
 */
public record KafkaSettings(Map<String, String> client, String prefix, Optional<String> instance) {

  private static final int FETCH_BYTES = 8 << 20;
  private static final int SESSION_TIMEOUT_MS = 10_000;
  private static final int HEARTBEAT_MS = 3_000;

  public KafkaSettings {
    client = Map.copyOf(client);
    if (!client.containsKey(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)) {
      throw new IllegalArgumentException(
          "client properties need " + CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
    }
  }

  public Topics topics() {
    return new Topics(prefix);
  }

  public ConsumerGroups groups() {
    return new ConsumerGroups(prefix);
  }

  /**
   * The properties of a producer that loses, repeats and reorders nothing that is acknowledged.
   *
   * <p>Records are not compressed: tensors do not shrink, the others are small, and the codecs'
   * native libraries want a writable directory. No record waits for others, since every step of
   * training waits for four records in a row.
   */
  public Map<String, Object> producer() {
    Map<String, Object> properties = new HashMap<>();
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
    properties.putAll(client);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    return properties;
  }

  /**
   * The properties of a consumer that belongs to no group. Every consumer's properties come from
   * here, so that none reads records of transactions that were aborted.
   */
  public Map<String, String> reader() {
    Map<String, String> properties = new HashMap<>();
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Integer.toString(FETCH_BYTES));
    properties.putAll(client);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, IsolationLevel.READ_COMMITTED.toString());
    return properties;
  }

  /** The properties of a consumer whose offsets are committed. */
  Map<String, String> member(String group) {
    Map<String, String> properties = new HashMap<>();
    properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, Integer.toString(SESSION_TIMEOUT_MS));
    properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, Integer.toString(HEARTBEAT_MS));
    properties.putAll(reader());
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    instance.ifPresent(
        name -> properties.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, name + "-" + group));
    return properties;
  }

  /** How old what a client knows of topics' partitions may be: so long a new one may be missed. */
  Duration metadataAge() {
    String millis =
        client.getOrDefault(
            CommonClientConfigs.METADATA_MAX_AGE_CONFIG,
            String.valueOf(
                ConsumerConfig.configDef()
                    .defaultValues()
                    .get(CommonClientConfigs.METADATA_MAX_AGE_CONFIG)));
    return Duration.ofMillis(Long.parseLong(millis));
  }

  /** Names the client properties but keeps their values, which may be secret, to itself. */
  @Override
  public String toString() {
    return "KafkaSettings[client=%s, prefix=%s, instance=%s]"
        .formatted(client.keySet().stream().sorted().toList(), prefix, instance.orElse("none"));
  }
}
