package io.gapo.ops.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import io.gapo.broker.EmbeddedBroker;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.port.Stage;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.metrics.Health;
import io.gapo.runtime.checkpoint.Checkpoint;
import io.gapo.runtime.checkpoint.CheckpointDirectory;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two whole runs of the same prompts, each with a broker of its own. */
@Tag("integration")
class ReproducibleRunIT {

  private static final int VERSIONS = 3;
  private static final int SAMPLES = 2;

  @Test
  void makesTheSameVersionsBitByBit(@TempDir Path directory) throws Exception {
    Checkpoint first = run(directory.resolve("first"));
    Checkpoint second = run(directory.resolve("second"));

    assertThat(first.state().version().number()).isEqualTo(VERSIONS);
    assertThat(second.model()).isEqualTo(first.model());
    assertThat(second.optimizer()).isEqualTo(first.optimizer());
  }

  private static Checkpoint run(Path directory) throws Exception {
    Path checkpoints = directory.resolve("checkpoints");
    PipelineWatch watch = new PipelineWatch();
    try (EmbeddedBroker broker = EmbeddedBroker.open(directory.resolve("kafka"), 0)) {
      Config root =
          PipelineInputs.settings(
              broker,
              checkpoints,
              Map.of(
                  "gapo.training.reproducible", true,
                  "gapo.training.max-staleness", 0,
                  "gapo.kafka.partitions", 1));
      GapoConfig config = GapoConfig.from(root);
      PipelineInputs.createTopics(config);
      // No more than these versions need: the run stops by itself.
      PipelineInputs.feed(config, 0, VERSIONS * PipelineInputs.BATCH / SAMPLES);
      try (Pipeline stages =
          Pipeline.start(root, config, EnumSet.allOf(Stage.class), watch, new Health())) {
        watch.awaitUntil("all versions are made", stages, () -> watch.version() >= VERSIONS);
      }
    }
    assertThat(watch.made())
        .extracting(VersionLineage::rollouts)
        .allSatisfy(ReproducibleRunIT::isWhole);
    return CheckpointDirectory.newest(checkpoints).orElseThrow();
  }

  private static void isWhole(List<?> rollouts) {
    assertThat(rollouts).hasSize(PipelineInputs.BATCH);
  }
}
