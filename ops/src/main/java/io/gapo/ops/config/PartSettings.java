package io.gapo.ops.config;

import io.gapo.actors.collector.CollectorSettings;
import io.gapo.actors.generator.GeneratorSettings;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.flow.Backoff;
import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.port.PolicySampler;
import io.gapo.core.step.DirectionChoice;
import io.gapo.ops.config.ObjectiveConfig.LearnedModel;
import io.gapo.ops.config.ObjectiveConfig.Plugin;
import io.gapo.ops.config.ObjectiveConfig.Rule;
import io.gapo.ops.config.ObjectiveConfig.Scoring;
import io.gapo.ops.config.ObjectiveConfig.Served;
import io.gapo.runtime.checkpoint.CheckpointDirectory;
import io.gapo.runtime.gradients.PpoSettings;
import io.gapo.runtime.learner.LearnerSettings;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.lora.AdapterSource;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.sampling.ContinuousBatchSampler;
import io.gapo.runtime.sampling.SamplerSettings;
import io.gapo.runtime.scoring.ScorerSettings;
import io.gapo.runtime.scoring.TorchObjectiveModel;
import io.gapo.runtime.text.PreferenceText;
import io.gapo.runtime.text.TextCodec;
import io.gapo.runtime.text.UnsupportedTemplateException;
import io.gapo.runtime.torch.TorchSettings;
import io.gapo.streams.collector.CollectorShare;
import io.gapo.streams.scorer.Retries;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hands each part of the pipeline its share of the settings, and checks before anything starts what
 * the settings alone do not say: models, checkpoints and names.
 */
public record PartSettings(GapoConfig config) {

  /** The last four digits at most, so that they are a number. */
  private static final Pattern NUMBERED = Pattern.compile(".*?(\\d{1,4})");

  public TorchSettings torch() {
    return config.runtime().torch();
  }

  /**
   * What training starts from.
   *
   * @throws ConfigurationException if a directory is not set or not there
   */
  public InitialPolicy initialPolicy() {
    PolicyConfig policy = config.policy();
    Optional<AdapterSource> fresh =
        policy.lora().map(lora -> new AdapterSource.Fresh(lora, generator().runSeed()));
    return new InitialPolicy(
        config.policyPath(),
        policy.adapter().isBlank()
            ? fresh
            : Optional.of(new AdapterSource.Saved(Path.of(policy.adapter()))));
  }

  public SamplerSettings sampler() {
    return config.generator().sampler();
  }

  /**
   * Looks whether the policy reads sequences as long as {@link #sampler} allows.
   *
   * @throws ConfigurationException if not
   */
  public void requireRoom() {
    SamplerSettings sampler = sampler();
    LlamaConfig policy = LlamaConfig.read(config.policyPath());
    long longest = (long) sampler.maxPromptTokens() + sampler.maxResponseTokens();
    if (longest > policy.maxPositions()) {
      throw new ConfigurationException(
          "gapo.sampling.max-prompt-tokens",
          "(%s) and gapo.sampling.max-response-tokens (%s) come to"
                  .formatted(sampler.maxPromptTokens(), sampler.maxResponseTokens())
              + " %s, the policy reads at most %s: lower one of them"
                  .formatted(longest, policy.readingLimit()));
    }
  }

  /**
   * Checks whether training can continue from the newest checkpoint, if there is one: whether it is
   * of the policy, the adapter and the objectives of these settings, and remembers what their
   * method can use.
   *
   * @throws ConfigurationException if not, or if a directory is not set or not there
   */
  public void requireResumable() {
    InitialPolicy initial = initialPolicy();
    CheckpointDirectory.newestHeader(config.checkpointPath())
        .ifPresent(
            checkpoint -> new Resumption(checkpoint, initial, config.objectiveNames()).require());
    CheckpointDirectory.newestState(config.checkpointPath())
        .flatMap(CheckpointState::lineage)
        .ifPresent(lineage -> requireUsable(lineage.direction().combination().memory()));
  }

  private void requireUsable(MethodMemory memory) {
    try {
      directionChoice().combiner().requireUsable(memory);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "gapo.combination.method",
          "gapo.combination.method %s does not fit the checkpoints in %s: %s"
              .formatted(
                  config.combination().method().spelling(),
                  config.checkpointPath(),
                  e.getMessage()),
          e);
    }
  }

  public ScorerSettings scorer(LearnedModel model) {
    ScorerSettings settings = config.scorer();
    return new ScorerSettings(
        model.template().or(settings::template), model.negate(), settings.batchTokens());
  }

  /**
   * Opens the policy to sample from; native memory is held until it is closed.
   *
   * @throws RuntimeException if it cannot be loaded, or would misread the template
   */
  public PolicySampler openSampler() {
    return ContinuousBatchSampler.open(initialPolicy(), sampler(), torch());
  }

  /**
   * Opens what scores an objective; native memory and connections are held until it is closed.
   *
   * @throws ConfigurationException if the objective is external
   * @throws RuntimeException if it cannot be had; {@link StartChecks} says so before
   */
  public ObjectiveModel objectiveModel(ObjectiveConfig objective) {
    Scoring scoring = objective.scoring();
    if (objective.isExternal()) {
      throw new ConfigurationException(
          "gapo.objectives",
          "(%s): a process outside scores it, here is nothing to open".formatted(objective.name()));
    }
    if (scoring instanceof LearnedModel model) {
      return TorchObjectiveModel.open(objective.name(), model.directory(), scorer(model), torch());
    }
    if (scoring instanceof Served served) {
      return served.http().open(objective.name(), generator().runSeed(), System::getenv);
    }
    return scoring instanceof Plugin plugin
        ? Plugins.open(objective.name(), plugin)
        : ((Rule) scoring).rule();
  }

  /**
   * Opens the tokenizer and the template by which the policy reads prompts.
   *
   * @throws UnsupportedTemplateException if the policy would misread the template
   */
  public TextCodec policyReader() {
    return policyReader(sampler().preferences().optional());
  }

  /** The same for prompts with preferences of another form, or with none. */
  TextCodec policyReader(PreferenceText preferences) {
    LlamaConfig policy = LlamaConfig.read(config.policyPath());
    return TextCodec.open(
        config.policyPath(), policy.vocabulary(), sampler().template(), preferences);
  }

  /**
   * Opens the tokenizer and the template by which a score model reads prompts and responses.
   *
   * @throws UnsupportedTemplateException if the model would misread the template
   */
  public TextCodec scorerReader(LearnedModel model) {
    LlamaConfig scorer = LlamaConfig.readWithoutGeneration(model.directory());
    return TextCodec.open(
        model.directory(), scorer.vocabulary(), scorer(model).template(), PreferenceText.NONE);
  }

  public PpoSettings ppo() {
    return config.collector().ppo();
  }

  public LearnerSettings learner() {
    return config.optimizer().learner();
  }

  /** The combiner's whole decision, the KL watch included. */
  public DirectionChoice directionChoice() {
    return config.direction();
  }

  public GeneratorSettings generator() {
    return config.generator().stage();
  }

  /**
   * How this process's gradient collector batches and measures.
   *
   * @throws ConfigurationException as {@link #collectorShare} does
   */
  public CollectorSettings collector() {
    CollectorSettings settings = config.collector().stage();
    requireNumber(settings.collector());
    return settings;
  }

  /**
   * Which of the collectors this process's is.
   *
   * @throws ConfigurationException if there are several collectors and this one's name does not say
   */
  public CollectorShare collectorShare() {
    String name = config.collector().stage().collector();
    return new CollectorShare(name, requireNumber(name), config.collector().collectors());
  }

  private int requireNumber(String name) {
    int collectors = config.collector().collectors();
    if (collectors == 1) {
      return 0;
    }
    Matcher number = NUMBERED.matcher(name);
    if (config.instanceName().isEmpty()
        || !number.matches()
        || Integer.parseInt(number.group(1)) >= collectors) {
      throw new ConfigurationException(
          "gapo.instance",
          "must end with the collector's number, as in collector-0 to collector-%s,"
                  .formatted(collectors - 1)
              + " where gapo.training.collectors is %s, was '%s'"
                  .formatted(collectors, config.instanceName().orElse("")));
    }
    return Integer.parseInt(number.group(1));
  }

  public Backoff backoff() {
    return retries().backoff();
  }

  /** The retries of a model that fails on a record. */
  public Retries retries() {
    return config.retries();
  }
}
