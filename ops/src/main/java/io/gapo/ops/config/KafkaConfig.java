package io.gapo.ops.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import io.gapo.streams.kafka.KafkaSettings;
import io.gapo.streams.topic.TopicLayout;
import io.gapo.streams.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Settings under {@code gapo.kafka}; units and defaults are in reference.conf.
 *
 * @param client properties for every Kafka client beside {@code bootstrap.servers}; may be secret
 */
public record KafkaConfig(
    String bootstrapServers,
    String topicPrefix,
    int partitions,
    short replicationFactor,
    long tensorRetentionBytes,
    Duration connectTimeout,
    Map<String, String> client) {

  private static final Pattern SERVERS = Pattern.compile("[^,\\s]+:\\d{1,5}(,[^,\\s]+:\\d{1,5})*");
  private static final Pattern PREFIX = Pattern.compile("[a-zA-Z0-9._-]{0,200}");

  public KafkaConfig {
    client = Map.copyOf(client);
    if (!SERVERS.matcher(bootstrapServers).matches()) {
      throw new ConfigurationException(
          "gapo.kafka.bootstrap-servers must be host:port, several separated by commas, was '%s'"
              .formatted(bootstrapServers));
    }
    if (!PREFIX.matcher(topicPrefix).matches()) {
      throw new ConfigurationException(
          "gapo.kafka.topic-prefix may have letters, digits, '.', '_' and '-' only, was '%s'"
              .formatted(topicPrefix));
    }
    Check.atLeast("gapo.kafka.partitions", partitions, 1);
    Check.atLeast("gapo.kafka.replication-factor", replicationFactor, 1);
    Check.atLeast("gapo.kafka.tensor-retention", tensorRetentionBytes, 1);
    Check.positive("gapo.kafka.connect-timeout", connectTimeout);
    if (client.containsKey("bootstrap.servers")) {
      throw new ConfigurationException(
          "gapo.kafka.client must not have bootstrap.servers: set gapo.kafka.bootstrap-servers");
    }
  }

  /** Reads the whole settings' {@code gapo.kafka}. */
  public static KafkaConfig from(Config root) {
    return new KafkaConfig(
        root.getString("gapo.kafka.bootstrap-servers"),
        root.getString("gapo.kafka.topic-prefix"),
        WholeNumber.intAt(root, "gapo.kafka.partitions"),
        (short) Math.min(WholeNumber.intAt(root, "gapo.kafka.replication-factor"), Short.MAX_VALUE),
        root.getBytes("gapo.kafka.tensor-retention"),
        root.getDuration("gapo.kafka.connect-timeout"),
        properties(root.getConfig("gapo.kafka.client")));
  }

  /** The properties that connect any Kafka client. */
  public Map<String, String> clientProperties() {
    Map<String, String> properties = new HashMap<>(client);
    properties.put("bootstrap.servers", bootstrapServers);
    return Map.copyOf(properties);
  }

  /**
   * How the stages and whoever reads their topics reach Kafka.
   *
   * @param instance a name that this process alone has, if it has one
   */
  public KafkaSettings access(Optional<String> instance) {
    return new KafkaSettings(clientProperties(), topicPrefix, instance);
  }

  /** The topics' names. */
  public Topics topics() {
    return new Topics(topicPrefix);
  }

  /** How the topics are made where they are missing. */
  public TopicLayout topicLayout() {
    return new TopicLayout(partitions, replicationFactor, tensorRetentionBytes);
  }

  /** Names the client properties but keeps their values, which may be secret, to itself. */
  @Override
  public String toString() {
    return "KafkaConfig[bootstrapServers=%s, topicPrefix=%s, partitions=%s, replicationFactor=%s, client=%s]"
        .formatted(
            bootstrapServers,
            topicPrefix,
            partitions,
            replicationFactor,
            client.keySet().stream().sorted().toList());
  }

  private static Map<String, String> properties(Config client) {
    Map<String, String> properties = new HashMap<>();
    client
        .entrySet()
        .forEach(
            entry ->
                properties.put(
                    String.join(".", ConfigUtil.splitPath(entry.getKey())),
                    String.valueOf(entry.getValue().unwrapped())));
    return properties;
  }
}
