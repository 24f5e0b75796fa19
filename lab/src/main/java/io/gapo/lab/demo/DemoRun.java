package io.gapo.lab.demo;

import com.typesafe.config.Config;
import io.gapo.core.lineage.LineageRecord;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.lab.display.StepFigures;
import io.gapo.lab.display.StepLog;
import io.gapo.lab.exam.Comparison;
import io.gapo.lab.exam.EvaluationReport;
import io.gapo.lab.exam.Exam;
import io.gapo.lab.exam.PreferenceGrid;
import io.gapo.lab.world.Split;
import io.gapo.lab.world.World;
import io.gapo.lab.world.WorldPrompt;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.config.KafkaConfig;
import io.gapo.ops.kafka.Cluster;
import io.gapo.ops.lineage.LineageTail;
import io.gapo.ops.pipeline.ObservedPipeline;
import io.gapo.ops.policy.PolicySource;
import io.gapo.streams.topic.ConsumerGroups;
import io.gapo.streams.topic.TopicCreation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** All six stages in this process, fed from the demo's world, until a policy version is reached. */
public final class DemoRun {

  private static final int PROMPTS = 4000;

  /** Prompts of the training split are the same for every run, in an order of its own. */
  private static final long WORLD_SEED = 17;

  private final Config root;
  private final GapoConfig config;
  private final CompletableFuture<Void> stop = new CompletableFuture<>();
  private final World world = new World();

  public DemoRun(Config root, GapoConfig config) {
    this.root = root;
    this.config = config;
  }

  /** Makes {@link #train} end soon; called from any thread. */
  public void stop() {
    stop.complete(null);
  }

  /**
   * Trains until version {@code steps} is there, or {@link #stop} is called.
   *
   * @param log keeps the steps' figures
   * @param shown receives every step's figures, those from before a restart included
   * @param listeners are told what happens between the steps
   * @param started is told where the metrics are, once the stages run
   */
  @SuppressWarnings("try") // What is opened works by being open.
  public void train(
      int steps,
      StepLog log,
      Consumer<StepFigures> shown,
      List<PipelineListener> listeners,
      Consumer<String> started)
      throws InterruptedException, ExecutionException {
    KafkaConfig kafka = config.kafka();
    try (Cluster cluster = Cluster.connect(kafka)) {
      TopicCreation.createAndAwait(
          cluster.admin(), kafka.topics(), kafka.topicLayout(), kafka.connectTimeout());
    }
    try (ObservedPipeline pipeline =
            ObservedPipeline.start(root, config, EnumSet.allOf(Stage.class), listeners);
        PromptSupply supply =
            PromptSupply.start(
                kafka,
                new ConsumerGroups(kafka.topicPrefix()).rolloutGenerator(),
                prompts(),
                promptsAhead());
        LineageTail tail =
            LineageTail.fromBeginning(kafka, record -> show(record, steps, log, shown))) {
      started.accept(pipeline.metricsAddress());
      // Until the run is told to stop, or a stage has failed for good.
      CompletableFuture.anyOf(stop, pipeline.pipeline().failure()).get();
    }
  }

  private void show(LineageRecord record, int steps, StepLog log, Consumer<StepFigures> shown) {
    if (record instanceof VersionLineage lineage) {
      log.add(lineage).ifPresent(shown);
      if (lineage.version().number() >= steps) {
        stop.complete(null);
      }
    }
  }

  /** The world's prompts; with preferences where the method trains by them. */
  private List<PromptSupply.Asked> prompts() {
    long seed = WORLD_SEED + config.generator().stage().runSeed();
    List<WorldPrompt> texts = world.prompts(Split.TRAIN, PROMPTS, seed);
    List<PromptPreference> preferences =
        PreferenceGrid.dealt(texts.size(), config.objectiveNames(), seed);
    boolean conditioned = config.combination().isConditioned();
    List<PromptSupply.Asked> prompts = new ArrayList<>();
    for (WorldPrompt prompt : texts) {
      prompts.add(
          new PromptSupply.Asked(
              prompt.text(),
              conditioned ? Optional.of(preferences.get(prompts.size())) : Optional.empty()));
    }
    return prompts;
  }

  /**
   * More than the stages can use up between two looks of the supply, which sees their progress a
   * commit late.
   */
  private int promptsAhead() {
    return Math.max(
        1,
        8 * config.collector().stage().batchSize() / config.generator().stage().samplesPerPrompt());
  }

  /**
   * Compares a policy with the one that training started from.
   *
   * @param trained directory of a policy, or of an optimizer's checkpoints, whose newest counts
   * @param split that the prompts are of
   * @param prompts how many both answer
   * @param samples how many answers are shown side by side
   * @param preference that the trained policy is asked with; empty to ask for none
   * @param graded whether the world's rules grade the answers too
   */
  public EvaluationReport evaluate(
      Path trained,
      Split split,
      int prompts,
      int samples,
      Optional<PromptPreference> preference,
      boolean graded) {
    PolicySource before = PolicySource.require(config.policyPath(), config.policyPath());
    PolicySource after = PolicySource.require(trained, config.policyPath());
    try (Exam exam = Exam.ofWorld(config, split, prompts, graded)) {
      return Comparison.of(
          split.text(),
          "SFT policy",
          exam.grade(before, Optional.empty()),
          after.name(),
          exam.grade(after, preference),
          samples);
    }
  }
}
