package io.gapo.ops.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import io.gapo.core.settings.Bounds;
import io.gapo.core.settings.InvalidSettingException;
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
 * @param topicLayout how the topics are made where they are missing
 * @param client properties for every Kafka client beside {@code bootstrap.servers}; may be secret
 */
public record KafkaConfig(
    String bootstrapServers,
    String topicPrefix,
    TopicLayout topicLayout,
    Duration connectTimeout,
    Map<String, String> client) {

  private static final Pattern SERVERS = Pattern.compile("[^,\\s]+:\\d{1,5}(,[^,\\s]+:\\d{1,5})*");
  private static final Pattern PREFIX = Pattern.compile("[a-zA-Z0-9._-]{0,200}");

  public KafkaConfig {
    client = Map.copyOf(client);
    Bounds.require(
        SERVERS.matcher(bootstrapServers).matches(),
        "bootstrap-servers",
        "host:port, several separated by commas",
        "'" + bootstrapServers + "'");
    if (!PREFIX.matcher(topicPrefix).matches()) {
      throw new InvalidSettingException(
          "topic-prefix",
          "may have letters, digits, '.', '_' and '-' only, was '%s'".formatted(topicPrefix));
    }
    Bounds.positive("connect-timeout", connectTimeout);
    if (client.containsKey("bootstrap.servers")) {
      throw new InvalidSettingException(
          "client", "must not have bootstrap.servers: set gapo.kafka.bootstrap-servers");
    }
  }

  /** Reads the whole settings' {@code gapo.kafka}. */
  public static KafkaConfig from(Config root) {
    Block kafka = Block.of(root, "gapo.kafka");
    return kafka.make(
        () ->
            new KafkaConfig(
                kafka.text("bootstrap-servers"),
                kafka.text("topic-prefix"),
                new TopicLayout(
                    kafka.wholeNumber("partitions"),
                    (short) Math.min(kafka.wholeNumber("replication-factor"), Short.MAX_VALUE),
                    kafka.bytes("tensor-retention")),
                kafka.duration("connect-timeout"),
                properties(root.getConfig("gapo.kafka.client"))));
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

  /** Names the client properties but keeps their values, which may be secret, to itself. */
  @Override
  public String toString() {
    return "KafkaConfig[bootstrapServers=%s, topicPrefix=%s, %s, client=%s]"
        .formatted(
            bootstrapServers, topicPrefix, topicLayout, client.keySet().stream().sorted().toList());
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
