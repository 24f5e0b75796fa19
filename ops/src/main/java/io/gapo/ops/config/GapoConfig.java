package io.gapo.ops.config;

import com.typesafe.config.Config;
import io.gapo.ops.config.TrainingConfig.Advantage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * All settings of a process that runs stages; units and defaults are in reference.conf.
 *
 * @param instance tells processes of one role apart; may be empty, see {@link #instanceName()}
 * @param policy see {@link #policyPath()}
 * @param objectives in the run's order
 * @param drainTimeout how long streams may drain at a graceful stop
 */
public record GapoConfig(
    String instance,
    KafkaConfig kafka,
    PolicyConfig policy,
    List<ObjectiveConfig> objectives,
    SamplingConfig sampling,
    TrainingConfig training,
    int scoringBatchTokens,
    CombinationConfig combination,
    RuntimeConfig runtime,
    DeliveryConfig delivery,
    MetricsConfig metrics,
    Duration drainTimeout) {

  public GapoConfig {
    objectives = List.copyOf(objectives);
    Check.atLeast("gapo.scoring.batch-tokens", scoringBatchTokens, 1);
    Check.positive("gapo.shutdown.drain-timeout", drainTimeout);
    combination.requireFor(objectives.stream().map(ObjectiveConfig::name).toList());
    if (combination.isConditioned() && sampling.preferenceTemplate().isEmpty()) {
      throw new ConfigurationException(
          "gapo.sampling.preference-template must not be empty for gapo.combination.method %s: the"
                  .formatted(combination.method().spelling())
              + " policy would not read what is asked of it");
    }
    if (runtime.lendTensors() && training.collectors() > 1) {
      throw new ConfigurationException(
          "gapo.runtime.lend-tensors must be false where gapo.training.collectors is above 1: the"
              + " collectors of other processes could not read what is lent in this one");
    }
    if (training.advantage() == Advantage.GROUP_RELATIVE && sampling.samplesPerPrompt() < 2) {
      throw new ConfigurationException(
          "gapo.sampling.samples-per-prompt must be >= 2 for gapo.training.advantage"
              + " group-relative, was "
              + sampling.samplesPerPrompt());
    }
  }

  /**
   * Reads what {@link ConfigFiles} loaded.
   *
   * @throws ConfigurationException naming the first wrong setting and where it stands
   */
  public static GapoConfig from(Config root) {
    return ConfigFiles.locating(
        root,
        () ->
            new GapoConfig(
                root.getString("gapo.instance"),
                KafkaConfig.from(root),
                PolicyConfig.from(root),
                ObjectiveConfig.from(root),
                SamplingConfig.from(root),
                TrainingConfig.from(root),
                WholeNumber.intAt(root, "gapo.scoring.batch-tokens"),
                CombinationConfig.from(root),
                RuntimeConfig.from(root),
                DeliveryConfig.from(root),
                MetricsConfig.from(root),
                root.getDuration("gapo.shutdown.drain-timeout")));
  }

  /** The name that this process has again after a restart, if it has one. */
  public Optional<String> instanceName() {
    return instance.isBlank() ? Optional.empty() : Optional.of(instance);
  }

  /** The objectives' names, in the run's order. */
  public List<String> objectiveNames() {
    return objectives.stream().map(ObjectiveConfig::name).toList();
  }

  /**
   * Where the policy to start from is.
   *
   * @throws ConfigurationException if it is not set or not there
   */
  public Path policyPath() {
    Path path = required("gapo.policy.directory", policy.directory());
    if (!Files.isDirectory(path)) {
      throw new ConfigurationException(
          "gapo.policy.directory %s is not a directory: name one with config.json,".formatted(path)
              + " model.safetensors and tokenizer.json");
    }
    return path;
  }

  /**
   * Where the optimizer's checkpoints are, or will be.
   *
   * @throws ConfigurationException if it is not set
   */
  public Path checkpointPath() {
    return required("gapo.training.checkpoint-directory", training.checkpointDirectory());
  }

  private static Path required(String key, String value) {
    if (value.isBlank()) {
      throw new ConfigurationException("%s is not set: name a directory".formatted(key));
    }
    return Path.of(value);
  }
}
