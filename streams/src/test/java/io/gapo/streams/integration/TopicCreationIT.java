package io.gapo.streams.integration;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.KafkaSettings;
import io.gapo.streams.topic.TopicCreation;
import io.gapo.streams.topic.TopicLayout;
import io.gapo.streams.topic.TopicSetupException;
import io.gapo.streams.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("integration")
@ExtendWith(SharedCluster.class)
class TopicCreationIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final TopicLayout LAYOUT = new TopicLayout(3, (short) 1, 64 << 20);

  private final TestCluster cluster;

  TopicCreationIT(TestCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void createsWhatIsMissingAndLeavesTheRestAlone() {
    Topics topics = new Topics("missing.");
    try (Admin admin = cluster.admin()) {
      List<String> first = TopicCreation.createAndAwait(admin, topics, LAYOUT, PATIENCE);
      List<String> second = TopicCreation.createAndAwait(admin, topics, LAYOUT, PATIENCE);

      assertThat(first).containsExactlyElementsOf(topics.all());
      assertThat(second).isEmpty();
    }
  }

  @Test
  void everyPartitionTakesRecordsAtOnce() throws Exception {
    for (int round = 0; round < 5; round++) {
      KafkaSettings settings = cluster.topics("at-once-" + round + ".");
      KafkaAccess kafka = cluster.access(settings);
      for (String topic : settings.topics().all()) {
        TestCluster.write(kafka, topic, 0, "key", new byte[] {1});
      }
      for (String topic : settings.topics().all()) {
        assertThat(TestCluster.read(settings, topic)).hasSize(1);
      }
    }
  }

  @Test
  void boundsTensorsAndKeepsTheAccount() throws Exception {
    Topics topics = new Topics("bounds.");
    try (Admin admin = cluster.admin()) {
      TopicCreation.createAndAwait(admin, topics, LAYOUT, PATIENCE);

      Config versions = config(admin, topics.policyVersions());
      assertThat(versions.get("cleanup.policy").value().split(","))
          .containsExactlyInAnyOrder("compact", "delete");
      assertThat(versions.get("retention.bytes").value()).isEqualTo("67108864");
      assertThat(config(admin, topics.policyGradients()).get("retention.bytes").value())
          .isEqualTo("67108864");
      for (String kept : List.of(topics.prompts(), topics.rollouts(), topics.lineage())) {
        assertThat(config(admin, kept).get("retention.ms").value()).isEqualTo("-1");
      }
    }
  }

  @Test
  void refusesAnOrderedTopicOfSeveralPartitions() throws Exception {
    Topics topics = new Topics("crooked.");
    try (Admin admin = cluster.admin()) {
      admin.createTopics(List.of(new NewTopic(topics.lineage(), 2, (short) 1))).all().get();

      assertThatThrownBy(() -> TopicCreation.createAndAwait(admin, topics, LAYOUT, PATIENCE))
          .isInstanceOf(TopicSetupException.class)
          .hasMessage(
              "topic crooked.lineage has 2 partitions and must have one: delete it, or choose"
                  + " another prefix");
    }
  }

  @Test
  void saysWhatKafkaRefuses() {
    TopicLayout tooManyCopies = new TopicLayout(1, (short) 3, 64 << 20);
    try (Admin admin = cluster.admin()) {
      assertThatThrownBy(
              () ->
                  TopicCreation.createAndAwait(
                      admin, new Topics("copies."), tooManyCopies, PATIENCE))
          .isInstanceOf(TopicSetupException.class)
          .hasMessageContaining("topic copies.prompts cannot be created")
          .hasMessageContaining("replication factor");
    }
  }

  @Test
  void givesUpWhenNoBrokerAnswers() {
    Map<String, Object> impatient =
        Map.of(
            "bootstrap.servers", "127.0.0.1:1",
            "request.timeout.ms", "500",
            "default.api.timeout.ms", "1000");
    try (Admin admin = Admin.create(impatient)) {
      assertThatThrownBy(
              () ->
                  TopicCreation.createAndAwait(
                      admin, new Topics("x."), LAYOUT, Duration.ofMillis(500)))
          .isInstanceOf(TopicSetupException.class)
          .hasMessageContaining("no broker answers in time");
    }
  }

  private static Config config(Admin admin, String topic) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    return requireNonNull(admin.describeConfigs(List.of(resource)).all().get().get(resource));
  }
}
