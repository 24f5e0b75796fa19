package io.gapo.streams.integration;

import static io.gapo.streams.integration.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.Score;
import io.gapo.streams.codec.LineageCodec;
import io.gapo.streams.codec.RolloutCodec;
import io.gapo.streams.codec.ScoreCodec;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.KafkaSettings;
import io.gapo.streams.sample.Sample;
import io.gapo.streams.sample.SampleQuery;
import io.gapo.streams.sample.SampleReader;
import io.gapo.streams.sample.SampleReport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("integration")
@ExtendWith(SharedCluster.class)
class SampleReaderIT {

  private static final List<String> OBJECTIVES = List.of("helpful", "harmless");
  private static final long PLENTY = 100_000;

  /** When the first rollout was written, in milliseconds since 1970. */
  private static final long START = 1_780_000_000_000L;

  private static final long MINUTE = 60_000;

  private final TestCluster cluster;

  SampleReaderIT(TestCluster cluster) {
    this.cluster = cluster;
  }

  /** One rollout a minute, from v0 on ten of each version, in both partitions in turn. */
  private static void writeRun(KafkaAccess kafka, int rollouts) throws Exception {
    for (int i = 0; i < rollouts; i++) {
      Rollout rollout = rollout(i);
      write(kafka, kafka.topics().rollouts(), i, new RolloutCodec().encode(rollout));
      for (String objective : OBJECTIVES) {
        Score score = new Score(rollout.id(), rollout.digest(), objective, i);
        write(kafka, kafka.topics().scores(), i, new ScoreCodec().encode(score));
      }
    }
  }

  private static Rollout rollout(int number) {
    return new Rollout(
        "p" + number,
        0,
        "Prompt " + number,
        "Response " + number,
        new int[] {1, 2},
        new int[] {3},
        new float[] {-0.5f},
        new long[] {number / 10},
        FinishReason.LENGTH,
        7);
  }

  private static void write(KafkaAccess kafka, String topic, int minute, byte[] value)
      throws Exception {
    boolean ordered = kafka.topics().ordered().contains(topic);
    await(
        kafka
            .publisher()
            .publish(
                new ProducerRecord<>(
                    topic,
                    ordered ? 0 : minute % TestCluster.PARTITIONS,
                    START + minute * MINUTE,
                    null,
                    value)));
  }

  private static SampleReport read(KafkaSettings settings, OptionalLong version, int count) {
    return SampleReader.read(settings, new SampleQuery(version, count, PLENTY), OBJECTIVES);
  }

  private static List<String> prompts(SampleReport report) {
    return report.samples().stream().map(sample -> sample.response().promptId()).toList();
  }

  @Test
  void findsTheNewestOfAllPartitionsWithScoresAndFates() throws Exception {
    KafkaSettings settings = cluster.topics("samples-newest.");
    KafkaAccess kafka = cluster.access(settings);
    writeRun(kafka, 30);
    write(
        kafka,
        kafka.topics().lineage(),
        30,
        new LineageCodec()
            .encode(
                new Settlement(
                    RolloutReference.to(rollout(28)), Fate.QUARANTINED, 3, "the scorer is down")));

    SampleReport report = read(settings, OptionalLong.empty(), 3);

    assertThat(prompts(report)).containsExactly("p29", "p28", "p27");
    Sample second = report.samples().get(1);
    assertThat(second.scores())
        .containsExactly(Map.entry("helpful", 28.0), Map.entry("harmless", 28.0));
    assertThat(second.fate().kind()).isEqualTo("quarantined");
    assertThat(second.fate().reason()).isEqualTo("the scorer is down");
    assertThat(report.samples().get(0).fate().kind()).isEqualTo("waiting");
    assertThat(report.passedOver()).isEmpty();
  }

  @Test
  void findsAVersionThatIsFarBack() throws Exception {
    KafkaSettings settings = cluster.topics("samples-version.");
    writeRun(cluster.access(settings), 400);

    SampleReport report = read(settings, OptionalLong.of(2), 4);

    assertThat(prompts(report)).containsExactly("p29", "p28", "p27", "p26");
    assertThat(report.samples())
        .allSatisfy(sample -> assertThat(sample.scores()).containsKeys("helpful", "harmless"));
    assertThat(report.newestVersion()).isEqualTo(39);
    assertThat(read(settings, OptionalLong.of(40), 4).samples()).isEmpty();
  }

  @Test
  void saysWhatItDidNotReadAndWhatIsMissing() throws Exception {
    KafkaSettings settings = cluster.topics("samples-limited.");
    KafkaAccess kafka = cluster.access(settings);
    writeRun(kafka, 200);
    Rollout unscored = rollout(200);
    write(kafka, kafka.topics().rollouts(), 200, new RolloutCodec().encode(unscored));
    write(kafka, kafka.topics().rollouts(), 201, new byte[] {1});

    SampleReport report =
        SampleReader.read(settings, new SampleQuery(OptionalLong.of(2), 5, 100), OBJECTIVES);
    SampleReport newest = read(settings, OptionalLong.empty(), 1);

    assertThat(report.samples()).isEmpty();
    assertThat(report.isLimited()).isTrue();
    assertThat(newest.isLimited()).isFalse();
    assertThat(report.passedOver())
        .contains(
            "the newest 100 of 202 records of topic samples-limited.rollouts were read, not those"
                + " before");
    assertThat(newest.passedOver())
        .containsExactly(
            "1 records of topic samples-limited.rollouts are no rollouts",
            "1 responses have no score of helpful yet",
            "1 responses have no score of harmless yet");
  }

  @Test
  void saysThatRetentionTookWhatIsLookedFor() throws Exception {
    KafkaSettings settings = cluster.topics("samples-cut.");
    KafkaAccess kafka = cluster.access(settings);
    writeRun(kafka, 40);
    Map<TopicPartition, RecordsToDelete> oldest = new HashMap<>();
    for (int partition = 0; partition < TestCluster.PARTITIONS; partition++) {
      oldest.put(
          new TopicPartition(kafka.topics().rollouts(), partition),
          RecordsToDelete.beforeOffset(15));
      oldest.put(
          new TopicPartition(kafka.topics().scores(), partition), RecordsToDelete.beforeOffset(39));
    }
    try (Admin admin = cluster.admin()) {
      admin.deleteRecords(oldest).all().get();
    }

    SampleReport report = read(settings, OptionalLong.of(0), 4);
    SampleReport newest = read(settings, OptionalLong.of(3), 10);

    assertThat(report.samples()).isEmpty();
    assertThat(report.passedOver())
        .containsExactly("topic samples-cut.rollouts has lost its oldest records to its retention");
    assertThat(prompts(newest)).hasSize(10);
    assertThat(newest.passedOver())
        .contains(
            "10 responses have no score of helpful: not scored yet, or lost to the retention of topic"
                + " samples-cut.scores");
  }

  @Test
  void readsNoRecordOfAnAbortedTransactionAndFindsNothingInEmptyTopics() throws Exception {
    KafkaSettings settings = cluster.topics("samples-empty.");
    SampleReport empty = read(settings, OptionalLong.empty(), 3);
    try (var producer = TestCluster.transactions(settings)) {
      producer.beginTransaction();
      producer
          .send(
              new ProducerRecord<>(
                  settings.topics().rollouts(), 0, null, new RolloutCodec().encode(rollout(1))))
          .get();
      producer.abortTransaction();
    }

    assertThat(empty).isEqualTo(new SampleReport(List.of(), -1, false, List.of()));
    assertThat(read(settings, OptionalLong.empty(), 3)).isEqualTo(empty);
  }
}
