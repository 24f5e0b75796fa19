package io.gapo.ops.config;

import com.typesafe.config.Config;
import io.gapo.core.flow.Backoff;
import io.gapo.core.ppo.KlWatch;
import io.gapo.core.step.DirectionChoice;
import io.gapo.hub.HubModel;
import io.gapo.ops.display.SampleSettings;
import io.gapo.runtime.gradients.AdvantageKind;
import io.gapo.runtime.scoring.ScorerSettings;
import io.gapo.streams.kafka.StageSettings;
import io.gapo.streams.scorer.Retries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * All settings of a process that runs stages, as the parts take them; units and defaults are in
 * reference.conf.
 *
 * @param instance tells processes of one role apart; may be empty, see {@link #instanceName()}
 * @param streams how every stage starts again and ends
 * @param policy see {@link #policyPath()}
 * @param objectives in the run's order; those that are only watched among them
 * @param scorer of a model that is not negated
 * @param retries of a record or a batch that a model fails on
 * @param direction the combiner's whole decision, the KL watch included
 */
public record GapoConfig(
    String instance,
    KafkaConfig kafka,
    StageSettings streams,
    PolicyConfig policy,
    List<ObjectiveConfig> objectives,
    GeneratorConfig generator,
    ScorerSettings scorer,
    Retries retries,
    CollectorConfig collector,
    CombinationConfig combination,
    DirectionChoice direction,
    OptimizerConfig optimizer,
    RuntimeConfig runtime,
    SampleSettings samples,
    MetricsConfig metrics) {

  /** The name of a collector that is alone. */
  private static final String ONLY_COLLECTOR = "0";

  public GapoConfig {
    objectives = List.copyOf(objectives);
    if (combination.isConditioned() && generator.sampler().preferences().pattern().isEmpty()) {
      throw new ConfigurationException(
          "gapo.sampling.preference-template",
          "must not be empty for gapo.combination.method %s: the policy would not read what is asked of it"
              .formatted(combination.method().spelling()));
    }
    if (runtime.lending() == RuntimeConfig.Lending.TRUE && collector.collectors() > 1) {
      throw new ConfigurationException(
          "gapo.runtime.lend-tensors",
          "must be auto or false where gapo.training.collectors is above 1: the collectors of other"
              + " processes could not read what is lent in this one");
    }
    if (generator.stage().wholeBatches()) {
      Reproducibility.require(kafka, generator, collector, runtime);
    }
    if (collector.ppo().advantages().kind() == AdvantageKind.GROUP_RELATIVE
        && generator.stage().samplesPerPrompt() < 2) {
      throw new ConfigurationException(
          "gapo.sampling.samples-per-prompt",
          "must be >= 2 for gapo.training.advantage group-relative, was "
              + generator.stage().samplesPerPrompt());
    }
  }

  /**
   * Reads what {@link ConfigFiles} loaded.
   *
   * @throws ConfigurationException naming the first wrong setting and where it stands
   */
  public static GapoConfig from(Config root) {
    return ConfigFiles.locating(root, () -> read(root));
  }

  private static GapoConfig read(Config root) {
    String instance = Block.of(root, "gapo").text("instance");
    List<ObjectiveConfig> objectives = ObjectiveConfig.from(root);
    List<String> names = names(objectives);
    CombinationConfig combination = CombinationConfig.from(root);
    combination.requireFor(names);
    Retries retries = retries(Block.of(root, "gapo.delivery"));
    Backoff backoff = retries.backoff();
    GeneratorConfig generator = GeneratorConfig.from(root, names, combination, backoff);
    OptimizerConfig optimizer = OptimizerConfig.from(root, names);
    double maxGradientNorm = optimizer.learner().adamW().maxGradientNorm();
    Block scoring = Block.of(root, "gapo.scoring");
    Block shutdown = Block.of(root, "gapo.shutdown");
    return new GapoConfig(
        instance,
        KafkaConfig.from(root),
        shutdown.make(() -> new StageSettings(backoff, shutdown.duration("drain-timeout"))),
        PolicyConfig.from(root),
        objectives,
        generator,
        scoring.make(
            () ->
                new ScorerSettings(
                    generator.sampler().template(),
                    false,
                    generator.stage().wholeBatches()
                        ? Reproducibility.SCORED_ALONE
                        : scoring.wholeNumber("batch-tokens"))),
        retries,
        CollectorConfig.from(
            root,
            instance.isBlank() ? ONLY_COLLECTOR : instance,
            names,
            combination,
            generator,
            objectives.stream()
                .filter(objective -> !objective.watchOnly())
                .map(ObjectiveConfig::normaliser)
                .toList(),
            ObjectiveConfig.arrivals(objectives, scoring),
            retries),
        combination,
        new DirectionChoice(
            combination.combiner(names, maxGradientNorm), klWatch(Block.of(root, "gapo.training"))),
        optimizer,
        RuntimeConfig.from(root),
        samples(Block.of(root, "gapo.samples")),
        MetricsConfig.from(root));
  }

  private static Retries retries(Block delivery) {
    return delivery.make(
        () ->
            new Retries(
                delivery.wholeNumber("attempts"),
                new Backoff(delivery.duration("min-backoff"), delivery.duration("max-backoff"))));
  }

  private static SampleSettings samples(Block samples) {
    return samples.make(
        () ->
            new SampleSettings(
                samples.wholeNumber("every"),
                samples.wholeNumber("count"),
                samples.wholeNumber("max-characters")));
  }

  private static KlWatch klWatch(Block training) {
    return training.make(() -> new KlWatch(training.number("kl-bound")));
  }

  /** The name that this process has again after a restart, if it has one. */
  public Optional<String> instanceName() {
    return instance.isBlank() ? Optional.empty() : Optional.of(instance);
  }

  /** The names of the objectives that are trained on, in the run's order. */
  public List<String> objectiveNames() {
    return names(objectives);
  }

  private static List<String> names(List<ObjectiveConfig> objectives) {
    return objectives.stream()
        .filter(objective -> !objective.watchOnly())
        .map(ObjectiveConfig::name)
        .toList();
  }

  /** The full name of an objective's block, for example {@code gapo.objectives[0]}. */
  String key(ObjectiveConfig objective) {
    return "gapo.objectives[%s]".formatted(objectives.indexOf(objective));
  }

  /**
   * Where the policy to start from is.
   *
   * @throws ConfigurationException if it is not set or not there
   */
  public Path policyPath() {
    Path path = required("gapo.policy.directory", policy.directory());
    if (!Files.isDirectory(path)) {
      throw noDirectory(
          "gapo.policy.directory", path, "config.json, model.safetensors and tokenizer.json");
    }
    return path;
  }

  /**
   * Where the optimizer's checkpoints are, or will be.
   *
   * @throws ConfigurationException if it is not set
   */
  public Path checkpointPath() {
    return required("gapo.training.checkpoint-directory", optimizer.checkpointDirectory());
  }

  /** What to say where a setting names neither a directory nor what can be a name on the hub. */
  public static ConfigurationException noDirectory(String key, Path path, String files) {
    return new ConfigurationException(
        key,
        "%s is not a directory: name one with %s; %s"
            .formatted(
                path,
                files,
                HubModel.directoryOfOrganization(path.toString())
                    .map(
                        "it was read as a path, not as a model's name on the hub, since there is a directory %s"
                            ::formatted)
                    .orElse("a model's name on the hub is ORGANIZATION/NAME")));
  }

  private static Path required(String key, String value) {
    if (value.isBlank()) {
      throw new ConfigurationException(key, "is not set: name a directory");
    }
    return Path.of(value);
  }
}
