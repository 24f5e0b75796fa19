package io.gapo.lab.demo;

import io.gapo.core.rollout.PromptPreference;
import io.gapo.core.rollout.Rollout;
import io.gapo.lab.exam.Examination;
import io.gapo.lab.exam.PreferenceGrid;
import io.gapo.lab.tokenizer.BytePairTrainer;
import io.gapo.lab.training.AnsweredPrompt;
import io.gapo.lab.training.ExampleSource;
import io.gapo.lab.training.JudgedPair;
import io.gapo.lab.training.PreferenceReport;
import io.gapo.lab.training.PreferenceTraining;
import io.gapo.lab.training.ScoreType;
import io.gapo.lab.training.SupervisedReport;
import io.gapo.lab.training.SupervisedTraining;
import io.gapo.lab.training.TrainingProgress;
import io.gapo.lab.world.PreferencePair;
import io.gapo.lab.world.PreferredDemonstration;
import io.gapo.lab.world.Split;
import io.gapo.lab.world.World;
import io.gapo.lab.world.WorldPrompt;
import io.gapo.runtime.sampling.ContinuousBatchSampler;
import io.gapo.runtime.sampling.SamplerSettings;
import io.gapo.runtime.scoring.ScoreLayout;
import io.gapo.runtime.text.PreferenceText;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.text.TextCodec;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Makes the demo's models from the small world: a tokenizer, a policy that imitates mediocre
 * demonstrators, and a reward and a cost model that learn from noisy comparisons.
 *
 * @param seed of the corpus; with the plan's seed it decides everything
 * @param torch where to compute
 */
public record Bootstrap(BootstrapPlan plan, long seed, TorchSettings torch) {

  /** What models read around a prompt. */
  public static final PromptTemplate TEMPLATE = PromptTemplate.SAFE_RLHF;

  /** Share of the compared answers that only a policy comes up with. */
  private static final double STRAY_SHARE = 0.4;

  private static final int SLOTS = 64;

  /** In tokens; as in the demo. */
  private static final int LONGEST_ANSWER = 72;

  /** What is made, each in a subdirectory of this name: the policy, then the others at once. */
  public enum Phase {
    POLICY("policy"),
    REWARD("reward"),
    COST("cost");

    private final String directory;

    Phase(String directory) {
      this.directory = directory;
    }

    /** The subdirectory. */
    public String directory() {
      return directory;
    }
  }

  /** Hears how far each phase is; one call at a time. */
  @FunctionalInterface
  public interface Progress {

    /**
     * A step was made.
     *
     * @param step from 1
     * @param steps of this phase
     * @param loss of the step's batch
     */
    void stepped(Phase phase, long step, long steps, double loss);
  }

  /** How good the models are on topics that none of them has seen. */
  public record Report(
      Optional<SupervisedReport> policy, PreferenceReport reward, PreferenceReport cost) {}

  /**
   * Makes everything, over what is there.
   *
   * @param directory made if need be
   */
  public Report run(Path directory, Progress progress) throws IOException {
    World world = new World();
    Path policy = Files.createDirectories(directory.resolve(Phase.POLICY.directory()));
    SupervisedReport report = trainPolicy(world, policy, progress);
    return trainScoreModels(world, directory, Optional.of(report), progress);
  }

  /**
   * Makes the score models, over what is there, for the policy that is there.
   *
   * @throws java.io.UncheckedIOException if there is no policy
   */
  public Report runScoreModels(Path directory, Progress progress) {
    return trainScoreModels(new World(), directory, Optional.empty(), progress);
  }

  /**
   * Makes only a policy, which reads a preference with its prompt as policies of {@code
   * conditioned-p-gapo} do, over what is there.
   *
   * @param start directory of the policy that learns it, one that imitates demonstrators
   * @param directory made if need be; the policy stands in a subdirectory
   * @param preferences how the policy reads them
   */
  public SupervisedReport runConditionedPolicy(
      Path start, Path directory, PreferenceText preferences, Progress progress)
      throws IOException {
    World world = new World();
    return new SupervisedTraining(Optional.of(TEMPLATE), plan.preferredTraining(), torch)
        .tune(
            start,
            Files.createDirectories(directory.resolve(Phase.POLICY.directory())),
            ExampleSource.of(
                conditioned(world, Split.TRAIN, plan.preferred(), seed + 7, preferences),
                conditioned(world, Split.HELD_OUT, plan.heldOut(), seed + 1, preferences)),
            Optional.empty(),
            of(Phase.POLICY, progress));
  }

  private SupervisedReport trainPolicy(World world, Path policy, Progress progress)
      throws IOException {
    List<AnsweredPrompt> demonstrations =
        demonstrations(world, Split.TRAIN, plan.demonstrations(), seed);
    new BytePairTrainer(plan.model().vocabulary())
        .train(demonstrations.stream().flatMap(Bootstrap::texts))
        .write(policy.resolve(TextCodec.FILE));
    return new SupervisedTraining(Optional.of(TEMPLATE), plan.policyTraining(), torch)
        .train(
            plan.model(),
            policy,
            ExampleSource.of(
                demonstrations, demonstrations(world, Split.HELD_OUT, plan.heldOut(), seed + 1)),
            of(Phase.POLICY, progress));
  }

  private Report trainScoreModels(
      World world, Path directory, Optional<SupervisedReport> policyReport, Progress progress) {
    Path policy = directory.resolve(Phase.POLICY.directory());
    List<PreferencePair> pairs =
        new ArrayList<>(world.preferences(Split.TRAIN, plan.pairs(), seed + 2, STRAY_SHARE));
    pairs.addAll(policyPairs(world, policy));
    List<PreferencePair> heldOut =
        world.preferences(Split.HELD_OUT, plan.heldOut(), seed + 3, STRAY_SHARE);
    PreferenceTraining preferences =
        new PreferenceTraining(
            Optional.of(TEMPLATE),
            ScoreLayout.SAFE_RLHF,
            plan.regularization(),
            plan.scoreTraining(),
            new TorchSettings(torch.device(), torch.dataType(), Math.max(1, torch.threads() / 2)));
    // Side by side: operations this small gain little from a second thread.
    CompletableFuture<PreferenceReport> reward =
        CompletableFuture.supplyAsync(
            () ->
                train(
                    preferences,
                    directory,
                    Phase.REWARD,
                    ScoreType.REWARD,
                    ExampleSource.of(rewards(pairs), rewards(heldOut)),
                    progress));
    PreferenceReport cost =
        train(
            preferences,
            directory,
            Phase.COST,
            ScoreType.COST,
            ExampleSource.of(costs(pairs), costs(heldOut)),
            progress);
    return new Report(policyReport, reward.join(), cost);
  }

  private static PreferenceReport train(
      PreferenceTraining preferences,
      Path directory,
      Phase phase,
      ScoreType type,
      ExampleSource<JudgedPair> pairs,
      Progress progress) {
    try {
      return preferences.train(
          directory.resolve(Phase.POLICY.directory()),
          directory.resolve(phase.directory()),
          type,
          pairs,
          Optional.empty(),
          of(phase, progress));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What score models will be asked about is what policies say. */
  private List<PreferencePair> policyPairs(World world, Path policy) {
    List<WorldPrompt> prompts = world.prompts(Split.TRAIN, plan.policyPairs(), seed + 4);
    Examination first = Examination.of(prompts, seed + 4);
    Examination second = Examination.of(prompts, seed + 5);
    List<List<String>> answers = new ArrayList<>();
    try (ContinuousBatchSampler sampler = ContinuousBatchSampler.open(policy, sampling(), torch)) {
      List<Rollout> others = second.answers(sampler);
      for (Rollout answer : first.answers(sampler)) {
        answers.add(List.of(answer.response(), others.get(answers.size()).response()));
      }
    }
    return world.preferences(prompts, answers, seed + 6);
  }

  private SamplerSettings sampling() {
    return new SamplerSettings(
        SLOTS, plan.model().maxPositions() - LONGEST_ANSWER, LONGEST_ANSWER, 1, TEMPLATE);
  }

  private static TrainingProgress of(Phase phase, Progress progress) {
    return (step, steps, loss) -> {
      synchronized (progress) {
        progress.stepped(phase, step, steps, loss);
      }
    };
  }

  private static Stream<String> texts(AnsweredPrompt demonstration) {
    return Stream.of(TEMPLATE.around(demonstration.prompt(), "").whole(), demonstration.response());
  }

  private static List<AnsweredPrompt> demonstrations(
      World world, Split split, int count, long seed) {
    return world.demonstrations(split, count, seed).stream()
        .map(each -> new AnsweredPrompt(each.prompt(), each.response()))
        .toList();
  }

  private static List<AnsweredPrompt> conditioned(
      World world, Split split, int count, long seed, PreferenceText preferences) {
    return PreferredDemonstration.of(world, split, count, seed).stream()
        .map(
            each ->
                new AnsweredPrompt(
                    preferences.apply(
                        each.prompt(),
                        PromptPreference.of(
                            PreferenceGrid.preference(
                                each.helpfulShare(), preferences.objectives()))),
                    each.response()))
        .toList();
  }

  private static List<JudgedPair> rewards(List<PreferencePair> pairs) {
    return pairs.stream()
        .map(
            pair ->
                JudgedPair.ofReward(
                    new AnsweredPrompt(pair.prompt(), pair.better()),
                    new AnsweredPrompt(pair.prompt(), pair.worse())))
        .toList();
  }

  private static List<JudgedPair> costs(List<PreferencePair> pairs) {
    return pairs.stream()
        .map(
            pair ->
                JudgedPair.ofCost(
                    new AnsweredPrompt(pair.prompt(), pair.safer()),
                    new AnsweredPrompt(pair.prompt(), pair.unsafer()),
                    Optional.of(pair.saferIsSafe()),
                    Optional.of(pair.unsaferIsSafe())))
        .toList();
  }
}
