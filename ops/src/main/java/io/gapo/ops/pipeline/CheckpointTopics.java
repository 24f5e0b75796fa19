package io.gapo.ops.pipeline;

import io.gapo.core.lineage.CheckpointState;
import io.gapo.ops.config.ConfigurationException;
import io.gapo.ops.config.GapoConfig;
import io.gapo.runtime.checkpoint.CheckpointDirectory;
import io.gapo.streams.history.CheckpointLineage;
import io.gapo.streams.kafka.KafkaSettings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether the optimizer's checkpoints and the topics are of one training. If not, the pipeline
 * would stand still, or train under a lineage that never adds up.
 */
final class CheckpointTopics {

  private CheckpointTopics() {}

  /**
   * Looks at the newest checkpoint and at topic {@code lineage}; blocks.
   *
   * @throws ConfigurationException if the two are not of one training
   */
  static void require(GapoConfig config) {
    KafkaSettings kafka = config.kafka().access(Optional.empty());
    Optional<CheckpointState> checkpoint = CheckpointDirectory.newestState(config.checkpointPath());
    if (checkpoint.isPresent()) {
      requireSame(kafka, config.checkpointPath(), checkpoint.get());
    } else if (!CheckpointDirectory.isIn(config.checkpointPath())) {
      requireFresh(kafka, config.checkpointPath());
    }
  }

  private static void requireFresh(KafkaSettings kafka, Path directory) {
    long newest = CheckpointLineage.newestVersion(kafka);
    if (newest > 0) {
      throw new ConfigurationException(
          "there is no checkpoint in %s, but topic %s has versions up to v%s: set"
                  .formatted(directory, kafka.topics().lineage(), newest)
              + " gapo.training.checkpoint-directory to the checkpoints of that training, or, to"
              + " start from the beginning, gapo.kafka.topic-prefix to topics of its own");
    }
  }

  private static void requireSame(KafkaSettings kafka, Path directory, CheckpointState checkpoint) {
    CheckpointLineage.mismatch(kafka, checkpoint)
        .ifPresent(
            evidence -> {
              throw new ConfigurationException(
                  "the checkpoint %s in %s was not made with the topics %s* at %s: %s; set"
                          .formatted(
                              checkpoint.version(),
                              directory,
                              kafka.prefix(),
                              kafka.client().get("bootstrap.servers"),
                              evidence)
                      + " gapo.kafka.bootstrap-servers and gapo.kafka.topic-prefix to those that it"
                      + " was made with. If they are lost, continue from its policy: write it out with"
                      + " 'gapo export', set gapo.policy.directory to that and"
                      + " gapo.training.checkpoint-directory to an empty directory");
            });
  }
}
