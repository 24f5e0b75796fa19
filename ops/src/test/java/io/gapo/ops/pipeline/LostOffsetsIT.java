package io.gapo.ops.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import io.gapo.broker.EmbeddedBroker;
import io.gapo.core.port.Stage;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.kafka.Cluster;
import io.gapo.ops.metrics.Health;
import io.gapo.streams.codec.MalformedRecordException;
import io.gapo.streams.codec.RolloutCodec;
import io.gapo.streams.history.AuditReport;
import io.gapo.streams.history.AuditReport.Counts;
import io.gapo.streams.kafka.TopicReader;
import io.gapo.streams.topic.ConsumerGroups;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run that continues after Kafka has forgotten the offsets of its consumer groups, as it does
 * when they are empty for {@code offsets.retention.minutes}: all topics are delivered again.
 */
@Tag("integration")
class LostOffsetsIT {

  private static final int PROMPTS = 70;

  /** More than what is delivered again may be in flight at a time. */
  private static final int BEFORE = 60;

  private final EmbeddedBroker broker;
  private final Path checkpoints;
  private final PipelineWatch watch = new PipelineWatch();

  LostOffsetsIT(@TempDir Path directory) {
    this.broker = EmbeddedBroker.open(directory.resolve("kafka"), 0);
    this.checkpoints = directory.resolve("checkpoints");
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  @Test
  void makesFurtherVersionsAndNeitherSamplesNorSettlesAnythingTwice() throws Exception {
    Config root =
        PipelineInputs.settings(
            broker,
            checkpoints,
            Map.of(
                "gapo.sampling.samples-per-prompt", 1,
                "gapo.sampling.slots", 2,
                "gapo.sampling.max-response-tokens", 3,
                "gapo.policy.lora.rank", 1,
                "gapo.training.advantage", "gae",
                "gapo.training.batch-size", 1,
                "gapo.training.max-staleness", 0));
    GapoConfig config = GapoConfig.from(root);
    PipelineInputs.createTopics(config);
    PipelineInputs.feed(config, 0, PROMPTS);
    try (Pipeline stages = start(root, config)) {
      watch.awaitUntil("many versions are made", stages, () -> watch.version() >= BEFORE);
    }

    deleteGroups(config);
    try (Pipeline again = start(root, config)) {
      watch.awaitUntil("all is settled", again, () -> isAllSettled(config));
    }

    AuditReport audit = PipelineInputs.audit(config);
    assertThat(audit.problems()).isEmpty();
    assertThat(audit.prompts().total()).isEqualTo(PROMPTS);
    assertThat(audit.newestVersion()).isGreaterThan(BEFORE).isEqualTo(audit.rollouts().trained());
    assertThat(watch.made())
        .extracting(made -> made.version().number())
        .containsExactlyElementsOf(
            LongStream.rangeClosed(1, audit.newestVersion()).boxed().toList());
    assertThat(sampled(config)).hasSize(PROMPTS).doesNotHaveDuplicates();
    assertThat(watch.skipped()).isGreaterThan(BEFORE);
  }

  private static boolean isAllSettled(GapoConfig config) {
    Counts rollouts = PipelineInputs.audit(config).rollouts();
    return rollouts.total() == PROMPTS && rollouts.waiting() == 0;
  }

  private static List<String> sampled(GapoConfig config) {
    List<String> ids = new ArrayList<>();
    new TopicReader(config.kafka().access(Optional.empty()))
        .readAll(
            config.kafka().topics().rollouts(),
            record -> {
              try {
                ids.add(new RolloutCodec().decode(record.value()).id());
              } catch (MalformedRecordException e) {
                throw new AssertionError(record.at() + " is not readable", e);
              }
            });
    return ids;
  }

  private static void deleteGroups(GapoConfig config) {
    ConsumerGroups groups = new ConsumerGroups(config.kafka().topicPrefix());
    List<String> all =
        List.of(
            groups.rolloutGenerator(),
            groups.scorer(Stage.REWARD_SCORER, "helpful"),
            groups.scorer(Stage.COST_SCORER, "harmless"),
            groups.collectorRollouts(),
            groups.collectorScores(),
            groups.collectorDirections(),
            groups.mgdaCombiner());
    try (Cluster cluster = Cluster.connect(config.kafka())) {
      PipelineWatch.awaitUntil("the groups are deleted", () -> isDeleted(cluster.admin(), all));
    }
  }

  /** Kafka deletes a group only once all its members are known to have left. */
  private static boolean isDeleted(Admin admin, List<String> groups) {
    try {
      admin.deleteConsumerGroups(groups).all().get(2, TimeUnit.MINUTES);
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupNotEmptyException) {
        return false;
      }
      throw new AssertionError(e);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private Pipeline start(Config root, GapoConfig config) {
    return Pipeline.start(root, config, EnumSet.allOf(Stage.class), watch, new Health());
  }
}
