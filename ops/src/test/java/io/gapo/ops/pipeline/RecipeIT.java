package io.gapo.ops.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import io.gapo.broker.EmbeddedBroker;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.ops.config.ConfigFiles;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.metrics.Health;
import io.gapo.runtime.checkpoint.Checkpoint;
import io.gapo.runtime.checkpoint.CheckpointDirectory;
import io.gapo.streams.history.AuditReport;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code docs/recipes/mistral-7b-beaver.conf} as it stands, with checkpoints of the same shape but
 * tiny ({@code tools/fixtures/make_recipe_models.py}): only directories, the broker's address, the
 * metrics' port and the device are others.
 */
@Tag("integration")
class RecipeIT {

  private static final Path RECIPE = Path.of("..", "docs", "recipes", "mistral-7b-beaver.conf");
  private static final Path MODELS = Path.of("src", "test", "resources", "recipe");
  private static final int VERSIONS = 2;

  private final EmbeddedBroker broker;
  private final Path checkpoints;

  RecipeIT(@TempDir Path directory) {
    this.broker = EmbeddedBroker.open(directory.resolve("kafka"), 0);
    this.checkpoints = directory.resolve("checkpoints");
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  /** Completes when enough versions are made. */
  private static final class Versions implements PipelineListener {

    private final CompletableFuture<Void> made = new CompletableFuture<>();

    @Override
    public void versionMade(VersionLineage lineage) {
      if (lineage.version().number() >= VERSIONS) {
        made.complete(null);
      }
    }
  }

  @Test
  void startsAndMakesVersionsWithTinyModelsOfTheSameShape() throws Exception {
    Config root = settings();
    GapoConfig config = ConfigFiles.locating(root, () -> GapoConfig.from(root));
    PipelineInputs.createTopics(config);
    PipelineInputs.feed(config, 0, VERSIONS * config.collector().stage().batchSize());
    Versions versions = new Versions();

    try (Pipeline stages =
        Pipeline.start(root, config, EnumSet.allOf(Stage.class), versions, new Health())) {
      CompletableFuture.anyOf(versions.made, stages.failure()).get(10, TimeUnit.MINUTES);
    }

    AuditReport audit = PipelineInputs.audit(config);
    assertThat(audit.problems()).isEmpty();
    assertThat(audit.prompts().quarantined()).isZero();
    assertThat(audit.rollouts().trained())
        .isGreaterThanOrEqualTo((long) VERSIONS * config.collector().stage().batchSize());
    Checkpoint newest = CheckpointDirectory.newest(checkpoints).orElseThrow();
    assertThat(newest.lora()).isEqualTo(config.policy().lora()).isPresent();
  }

  private Config settings() {
    Map<String, Object> here = new HashMap<>();
    here.put("gapo.kafka.bootstrap-servers", broker.bootstrapServers());
    here.put("gapo.policy.directory", MODELS.resolve("policy").toString());
    here.put(
        "gapo.objectives",
        List.of(
            PipelineInputs.objective("helpful", "reward-scorer", MODELS.resolve("reward"), false),
            PipelineInputs.objective("harmless", "cost-scorer", MODELS.resolve("cost"), true)));
    here.put("gapo.training.checkpoint-directory", checkpoints.toString());
    here.put("gapo.runtime.device", "cpu");
    here.put("gapo.metrics.port", 0);
    return ConfigFiles.load(Optional.of(RECIPE), here, Map.of());
  }
}
