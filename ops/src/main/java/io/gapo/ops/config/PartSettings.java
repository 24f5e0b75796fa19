package io.gapo.ops.config;

import io.gapo.actors.Backoff;
import io.gapo.actors.CollectorSettings;
import io.gapo.actors.GeneratorSettings;
import io.gapo.actors.OptimizerSettings;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.policy.CheckpointState;
import io.gapo.core.ppo.KlWatch;
import io.gapo.core.rollout.ObjectiveModel;
import io.gapo.core.step.DirectionChoice;
import io.gapo.ops.config.ObjectiveConfig.Conciseness;
import io.gapo.ops.config.ObjectiveConfig.LearnedModel;
import io.gapo.runtime.checkpoint.CheckpointDirectory;
import io.gapo.runtime.learning.AdamWSettings;
import io.gapo.runtime.learning.AdvantageKind;
import io.gapo.runtime.learning.GradientScope;
import io.gapo.runtime.learning.LearnerSettings;
import io.gapo.runtime.learning.LearningRateSchedule;
import io.gapo.runtime.learning.PpoSettings;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.lora.AdapterSource;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.sampling.SamplerSettings;
import io.gapo.runtime.scoring.ConcisenessRule;
import io.gapo.runtime.scoring.ScorerSettings;
import io.gapo.runtime.scoring.TorchObjectiveModel;
import io.gapo.runtime.text.PreferenceText;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.torch.TorchSettings;
import io.gapo.streams.stage.Retries;
import io.gapo.streams.topic.CollectorShare;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Hands each part of the pipeline its share of the settings, as the type that the part knows. */
public record PartSettings(GapoConfig config) {

  private static final double ADAM_EPSILON = 1e-8;
  private static final String ONLY_COLLECTOR = "0";

  /** The last four digits at most, so that they are a number. */
  private static final Pattern NUMBERED = Pattern.compile(".*?(\\d{1,4})");

  /** Settled rollouts are remembered for many batches: a repeat comes within one or two. */
  private static final int BATCHES_REMEMBERED = 64;

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
        policy.lora().map(lora -> new AdapterSource.Fresh(lora, config.sampling().seed()));
    return new InitialPolicy(
        config.policyPath(),
        policy.adapter().isBlank()
            ? fresh
            : Optional.of(new AdapterSource.Saved(Path.of(policy.adapter()))));
  }

  public PromptTemplate template() {
    return new PromptTemplate(config.sampling().template());
  }

  public SamplerSettings sampler() {
    SamplingConfig sampling = config.sampling();
    return new SamplerSettings(
        sampling.slots(),
        sampling.maxPromptTokens(),
        sampling.maxResponseTokens(),
        sampling.temperature(),
        template(),
        preferences());
  }

  /**
   * Looks whether the policy reads sequences as long as {@link #sampler} allows.
   *
   * @throws ConfigurationException if not
   */
  public void requireRoom() {
    SamplingConfig sampling = config.sampling();
    LlamaConfig policy = LlamaConfig.read(config.policyPath());
    long longest = (long) sampling.maxPromptTokens() + sampling.maxResponseTokens();
    if (longest > policy.maxPositions()) {
      throw new ConfigurationException(
          "gapo.sampling.max-prompt-tokens (%d) and gapo.sampling.max-response-tokens (%d) come to"
                  .formatted(sampling.maxPromptTokens(), sampling.maxResponseTokens())
              + " %d, the policy reads at most %s: lower one of them"
                  .formatted(longest, policy.readingLimit()));
    }
  }

  /**
   * Looks whether training can go on from the newest checkpoint, if there is one: whether it is of
   * the policy, the adapter and the objectives of these settings, and remembers what their method
   * can use.
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
          "gapo.combination.method %s does not fit the checkpoints in %s: %s"
              .formatted(
                  config.combination().method().spelling(),
                  config.checkpointPath(),
                  e.getMessage()),
          e);
    }
  }

  private PreferenceText preferences() {
    CombinationConfig combination = config.combination();
    boolean conditioned = combination.isConditioned();
    return new PreferenceText(
        config.objectiveNames(),
        config.sampling().preferenceTemplate(),
        conditioned ? combination.promptPreference() : Optional.empty(),
        conditioned);
  }

  public ScorerSettings scorer(LearnedModel model) {
    return new ScorerSettings(template(), model.negate(), config.scoringBatchTokens());
  }

  /**
   * Opens what scores an objective; native memory is held until it is closed.
   *
   * @throws RuntimeException if a model cannot be loaded
   */
  public ObjectiveModel objectiveModel(ObjectiveConfig objective) {
    if (objective.scoring() instanceof LearnedModel model) {
      return TorchObjectiveModel.open(objective.name(), model.directory(), scorer(model), torch());
    }
    Conciseness rule = (Conciseness) objective.scoring();
    return new ConcisenessRule(objective.name(), rule.targetTokens());
  }

  public PpoSettings ppo() {
    TrainingConfig training = config.training();
    requireSummable();
    return new PpoSettings(
        config.objectiveNames(),
        switch (training.advantage()) {
          case GAE -> AdvantageKind.GENERALIZED;
          case GROUP_RELATIVE -> AdvantageKind.GROUP_RELATIVE;
        },
        training.gaeGamma(),
        training.gaeLambda(),
        training.clipRange(),
        training.valueClip(),
        training.klCoefficient(),
        training.klPlacement(),
        training.rewardClamp(),
        config.sampling().temperature(),
        training.microBatchTokens(),
        training.whitened(),
        config.combination().gradientScope(),
        config.combination().auditEvery(),
        config.combination().isConditioned(),
        training.collectors() == 1
            ? Optional.empty()
            : Optional.of(training.gradientSum().sumOf(config.objectiveNames().size())));
  }

  /** What several collectors send can be added at the last layer only. */
  private void requireSummable() {
    if (config.training().collectors() == 1) {
      return;
    }
    if (config.combination().gradientScope() != GradientScope.LAST_LAYER) {
      throw new ConfigurationException(
          "gapo.combination.gradient-scope must be last-layer where gapo.training.collectors is"
              + " above 1");
    }
    if (config.combination().auditEvery() > 0) {
      throw new ConfigurationException(
          "gapo.combination.audit-every must be 0 where gapo.training.collectors is above 1: Gram"
              + " matrices of several batches do not add up");
    }
  }

  public LearnerSettings learner() {
    OptimizerConfig optimizer = config.training().optimizer();
    return new LearnerSettings(
        config.objectiveNames(),
        optimizer.learningRate(),
        optimizer.valueLearningRate(),
        schedule(optimizer),
        new AdamWSettings(
            optimizer.beta1(),
            optimizer.beta2(),
            ADAM_EPSILON,
            optimizer.weightDecay(),
            optimizer.maxGradientNorm()),
        config.training().checkpointsKept());
  }

  private static LearningRateSchedule schedule(OptimizerConfig optimizer) {
    return switch (optimizer.schedule()) {
      case CONSTANT ->
          new LearningRateSchedule(
              LearningRateSchedule.Shape.CONSTANT,
              optimizer.warmupSteps(),
              optimizer.totalSteps(),
              1);
      case COSINE -> LearningRateSchedule.cosine(optimizer.warmupSteps(), optimizer.totalSteps());
    };
  }

  /** The combiner's whole decision, the KL watch included. */
  public DirectionChoice directionChoice() {
    return new DirectionChoice(
        config
            .combination()
            .combiner(config.objectiveNames(), config.training().optimizer().maxGradientNorm()),
        new KlWatch(config.training().klBound()));
  }

  public GeneratorSettings generator() {
    return new GeneratorSettings(
        config.sampling().samplesPerPrompt(),
        config.sampling().seed(),
        config.training().admissionQuota(),
        settledMemory(),
        backoff());
  }

  /**
   * How this process's gradient collector batches and measures.
   *
   * @throws ConfigurationException as {@link #collectorShare} does
   */
  public CollectorSettings collector() {
    TrainingConfig training = config.training();
    return new CollectorSettings(
        collectorShare().collector(),
        config.objectiveNames(),
        training.batchSize(),
        config.sampling().samplesPerPrompt(),
        training.stalenessLimit(),
        settledMemory(),
        config.delivery().attempts(),
        config.delivery().patience(),
        training.collectors() == 1
            ? Optional.empty()
            : Optional.of(training.gradientSum().shortBatchAfter()),
        backoff());
  }

  /**
   * Which of the collectors this process's is.
   *
   * @throws ConfigurationException if there are several collectors and this one's name does not say
   */
  public CollectorShare collectorShare() {
    int collectors = config.training().collectors();
    String name = config.instanceName().orElse(ONLY_COLLECTOR);
    if (collectors == 1) {
      return new CollectorShare(name, 0, 1);
    }
    Matcher number = NUMBERED.matcher(name);
    if (config.instanceName().isEmpty()
        || !number.matches()
        || Integer.parseInt(number.group(1)) >= collectors) {
      throw new ConfigurationException(
          "gapo.instance must end with the collector's number, as in collector-0 to collector-%d,"
                  .formatted(collectors - 1)
              + " where gapo.training.collectors is %d, was '%s'"
                  .formatted(collectors, config.instanceName().orElse("")));
    }
    return new CollectorShare(name, Integer.parseInt(number.group(1)), collectors);
  }

  public OptimizerSettings optimizer() {
    return new OptimizerSettings(settledMemory(), backoff());
  }

  public Backoff backoff() {
    return new Backoff(config.delivery().minBackoff(), config.delivery().maxBackoff());
  }

  /** Of a model that fails on a record. */
  public Retries retries() {
    return new Retries(
        config.delivery().attempts(),
        config.delivery().minBackoff(),
        config.delivery().maxBackoff());
  }

  private int settledMemory() {
    int outstanding =
        config.training().admissionQuota().limit() + config.sampling().samplesPerPrompt();
    return Math.multiplyExact(BATCHES_REMEMBERED, outstanding);
  }
}
