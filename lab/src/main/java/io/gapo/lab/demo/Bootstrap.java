package io.gapo.lab.demo;

import io.gapo.core.rollout.PromptPreference;
import io.gapo.core.rollout.Rollout;
import io.gapo.lab.exam.Examination;
import io.gapo.lab.exam.PreferenceGrid;
import io.gapo.lab.tokenizer.BytePairTrainer;
import io.gapo.lab.training.CostPair;
import io.gapo.lab.training.Demonstration;
import io.gapo.lab.training.PreferenceReport;
import io.gapo.lab.training.PreferenceTraining;
import io.gapo.lab.training.RewardPair;
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
import io.gapo.runtime.text.PreferenceText;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.text.TextCodec;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
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
    return new SupervisedTraining(TEMPLATE, plan.preferredTraining(), torch)
        .tune(
            start,
            Files.createDirectories(directory.resolve(Phase.POLICY.directory())),
            conditioned(world, Split.TRAIN, plan.preferred(), seed + 7, preferences),
            conditioned(world, Split.HELD_OUT, plan.heldOut(), seed + 1, preferences),
            of(Phase.POLICY, progress));
  }

  private SupervisedReport trainPolicy(World world, Path policy, Progress progress)
      throws IOException {
    List<Demonstration> demonstrations =
        demonstrations(world, Split.TRAIN, plan.demonstrations(), seed);
    new BytePairTrainer(plan.model().vocabulary())
        .train(demonstrations.stream().flatMap(Bootstrap::texts))
        .write(policy.resolve(TextCodec.FILE));
    return new SupervisedTraining(TEMPLATE, plan.policyTraining(), torch)
        .train(
            plan.model(),
            policy,
            demonstrations,
            demonstrations(world, Split.HELD_OUT, plan.heldOut(), seed + 1),
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
            TEMPLATE,
            plan.regularization(),
            plan.scoreTraining(),
            new TorchSettings(torch.device(), torch.dataType(), Math.max(1, torch.threads() / 2)));
    // Side by side: operations this small gain little from a second thread.
    CompletableFuture<PreferenceReport> reward =
        CompletableFuture.supplyAsync(
            () ->
                preferences.trainReward(
                    policy,
                    directory.resolve(Phase.REWARD.directory()),
                    rewards(pairs),
                    rewards(heldOut),
                    of(Phase.REWARD, progress)));
    PreferenceReport cost =
        preferences.trainCost(
            policy,
            directory.resolve(Phase.COST.directory()),
            costs(pairs),
            costs(heldOut),
            of(Phase.COST, progress));
    return new Report(policyReport, reward.join(), cost);
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

  private static Stream<String> texts(Demonstration demonstration) {
    return Stream.of(TEMPLATE.around(demonstration.prompt(), "").whole(), demonstration.response());
  }

  private static List<Demonstration> demonstrations(
      World world, Split split, int count, long seed) {
    return world.demonstrations(split, count, seed).stream()
        .map(each -> new Demonstration(each.prompt(), each.response()))
        .toList();
  }

  private static List<Demonstration> conditioned(
      World world, Split split, int count, long seed, PreferenceText preferences) {
    return PreferredDemonstration.of(world, split, count, seed).stream()
        .map(
            each ->
                new Demonstration(
                    preferences.apply(
                        each.prompt(),
                        PromptPreference.of(
                            PreferenceGrid.preference(
                                each.helpfulShare(), preferences.objectives()))),
                    each.response()))
        .toList();
  }

  private static List<RewardPair> rewards(List<PreferencePair> pairs) {
    return pairs.stream()
        .map(pair -> new RewardPair(pair.prompt(), pair.better(), pair.worse()))
        .toList();
  }

  private static List<CostPair> costs(List<PreferencePair> pairs) {
    return pairs.stream()
        .map(
            pair ->
                new CostPair(
                    pair.prompt(),
                    pair.safer(),
                    pair.unsafer(),
                    pair.saferIsSafe(),
                    pair.unsaferIsSafe()))
        .toList();
  }
}
