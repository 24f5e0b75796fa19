package io.gapo.streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.flow.Backoff;
import io.gapo.core.port.Stage;
import io.gapo.streams.topic.ConsumerGroups;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {

  private static final Map<String, String> CLIENT =
      Map.of("bootstrap.servers", "broker:9092", "sasl.jaas.config", "password");

  private final KafkaSettings settings = new KafkaSettings(CLIENT, "p.", Optional.of("pod-3"));

  @Test
  void everyClientGetsTheUsersProperties() {
    assertThat(settings.producer()).containsAllEntriesOf(CLIENT);
    assertThat(settings.reader()).containsAllEntriesOf(CLIENT);
    assertThat(settings.member("group")).containsAllEntriesOf(CLIENT);
  }

  @Test
  void theUserMayChangeAllButWhatKeepsRecordsSafe() {
    KafkaSettings changed =
        new KafkaSettings(
            Map.of(
                "bootstrap.servers", "broker:9092",
                "acks", "0",
                "enable.idempotence", "false",
                "enable.auto.commit", "true",
                "isolation.level", "read_uncommitted",
                "linger.ms", "20",
                "session.timeout.ms", "45000"),
            "p.",
            Optional.empty());

    assertThat(changed.producer())
        .containsEntry("linger.ms", "20")
        .containsEntry("acks", "all")
        .containsEntry("enable.idempotence", true);
    assertThat(changed.member("group"))
        .containsEntry("session.timeout.ms", "45000")
        .containsEntry("enable.auto.commit", "false");
    assertThat(List.of(changed.member("group"), changed.reader()))
        .allSatisfy(
            consumer -> assertThat(consumer).containsEntry("isolation.level", "read_committed"));
  }

  @Test
  void aNamedInstanceIsAStaticMemberOfEachGroup() {
    assertThat(settings.member("p.mgda-combiner"))
        .containsEntry("group.id", "p.mgda-combiner")
        .containsEntry("group.instance.id", "pod-3-p.mgda-combiner");
    assertThat(new KafkaSettings(CLIENT, "p.", Optional.empty()).member("group"))
        .doesNotContainKey("group.instance.id");
  }

  @Test
  void metadataIsAsOldAsTheUserAllows() {
    Map<String, String> client =
        Map.of("bootstrap.servers", "broker:9092", "metadata.max.age.ms", "700");

    assertThat(settings.metadataAge()).isEqualTo(Duration.ofMinutes(5));
    assertThat(new KafkaSettings(client, "", Optional.empty()).metadataAge())
        .isEqualTo(Duration.ofMillis(700));
  }

  @Test
  void namesCarryThePrefix() {
    assertThat(settings.topics().all()).hasSize(9).allMatch(name -> name.startsWith("p."));
    ConsumerGroups groups = settings.groups();
    assertThat(
            List.of(
                groups.rolloutGenerator(),
                groups.collectorRollouts(),
                groups.collectorScores(),
                groups.collectorDirections(),
                groups.mgdaCombiner()))
        .doesNotHaveDuplicates()
        .allMatch(name -> name.startsWith("p."));
    assertThat(groups.scorer(Stage.COST_SCORER, "harmless")).isEqualTo("p.cost-scorer-harmless");
  }

  @Test
  void secretsAreNotPrinted() {
    assertThat(settings.toString()).contains("sasl.jaas.config").doesNotContain("password");
  }

  @Test
  void brokersMustBeNamed() {
    assertThatThrownBy(() -> new KafkaSettings(Map.of(), "p.", Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bootstrap.servers");
  }

  @Test
  void stageSettingsCheckThemselves() {
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> new StageSettings(new Backoff(second, second), Duration.ZERO))
        .hasMessage("drain-timeout must be longer than 0, was 0s");
  }
}
