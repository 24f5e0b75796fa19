package io.gapo.actors;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import io.gapo.actors.collector.CollectorSettings;
import io.gapo.actors.collector.GradientCollector;
import io.gapo.actors.collector.GradientsUnderOurControl;
import io.gapo.actors.collector.ScoreArrivals;
import io.gapo.actors.combiner.MgdaCombiner;
import io.gapo.actors.generator.GeneratorSettings;
import io.gapo.actors.generator.RolloutGenerator;
import io.gapo.actors.generator.SamplerUnderOurControl;
import io.gapo.actors.optimizer.LearnerOnDisk;
import io.gapo.actors.optimizer.Optimizer;
import io.gapo.actors.scorer.Scorer;
import io.gapo.core.flow.AdmissionQuota;
import io.gapo.core.flow.StalenessLimit;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.core.ppo.ScoreNormaliser;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All six stages with models, topics and processes that fail all the time. */
class StagesTogetherTest {

  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final int SAMPLES = 2;
  private static final int PROMPTS = 400;
  private static final AdmissionQuota QUOTA = new AdmissionQuota(4, new StalenessLimit(1));
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void goesOnWhateverFailsAndGivesEachRolloutOneFate(long seed) {
    List<Prompt> prompts =
        IntStream.range(0, PROMPTS).mapToObj(i -> Examples.prompt("p" + i)).toList();
    TopicsInMemory topics = new TopicsInMemory(KIT.system(), prompts, seed);
    FlakyModels models = new FlakyModels(seed);
    LearnerOnDisk.Disk disk = new LearnerOnDisk.Disk();
    topics.connect(scorers(models));
    topics.connectCombiner(
        KIT.spawn(
            MgdaCombiner.create(
                parts -> parts.stream().map(part -> Examples.direction(part.step())).toList(),
                1,
                PipelineListener.NONE)));
    ActorRef<GradientCollector.Command> collector = startCollector(topics, models);
    ActorRef<RolloutGenerator.Command> generator = startGenerator(topics, models, seed);
    ActorRef<Optimizer.Command> optimizer = startOptimizer(topics, models, disk);

    for (int versions = 4; versions <= 24; versions += 4) {
      awaitVersions(topics, versions);
      KIT.stop(collector);
      collector = startCollector(topics, models);
      awaitVersions(topics, versions + 1);
      KIT.stop(generator);
      generator = startGenerator(topics, models, seed);
      awaitVersions(topics, versions + 2);
      KIT.stop(optimizer);
      optimizer = startOptimizer(topics, models, disk);
    }
    awaitVersions(topics, 28);
    KIT.stop(optimizer);
    KIT.stop(collector);
    KIT.stop(generator);

    List<Long> versions = topics.versions();
    assertThat(versions).isEqualTo(LongStream.rangeClosed(1, versions.size()).boxed().toList());
    assertThat(topics.fates()).allSatisfy((id, fates) -> assertThat(isOne(fates)).isTrue());
    assertThat(topics.fates()).containsKeys(topics.committed().toArray(String[]::new));
    assertThat(topics.committed()).isNotEmpty();
    assertThat(topics.mostOutstanding()).isLessThanOrEqualTo(QUOTA.limit() + 2 * SAMPLES);
    for (Prompt prompt : topics.donePrompts()) {
      for (int k = 0; k < SAMPLES; k++) {
        assertThat(topics.rolloutIds()).contains(Rollout.id(prompt.id(), k));
      }
    }
  }

  /** A collector that restarted may refuse what it had sent before; that it was trained counts. */
  private static boolean isOne(Set<String> fates) {
    Set<String> others = new HashSet<>(fates);
    others.remove(Fate.REFUSED.name());
    return others.size() == 1 || fates.size() == 1;
  }

  private static void awaitVersions(TopicsInMemory topics, int versions) {
    TestProbe<Void> probe = KIT.createTestProbe();
    probe.awaitAssert(
        PATIENCE,
        Duration.ofMillis(2),
        () -> assertThat(topics.versions()).hasSizeGreaterThanOrEqualTo(versions));
  }

  private static Map<String, ActorRef<Scorer.Command>> scorers(FlakyModels models) {
    Map<String, ActorRef<Scorer.Command>> scorers = new HashMap<>();
    for (String objective : Examples.OBJECTIVES) {
      scorers.put(
          objective,
          KIT.spawn(
              Scorer.create(
                  Stage.REWARD_SCORER,
                  () -> models.objective(objective),
                  Examples.QUICK,
                  PipelineListener.NONE)));
    }
    return scorers;
  }

  private static ActorRef<RolloutGenerator.Command> startGenerator(
      TopicsInMemory topics, FlakyModels models, long seed) {
    GeneratorSettings settings = new GeneratorSettings(SAMPLES, seed, QUOTA, Examples.QUICK, false);
    return topics.connectGenerator(
        history ->
            KIT.spawn(
                RolloutGenerator.create(
                    () -> models.sampler(SamplerUnderOurControl.free(6, 3)),
                    settings,
                    history,
                    PipelineListener.NONE)));
  }

  private static ActorRef<GradientCollector.Command> startCollector(
      TopicsInMemory topics, FlakyModels models) {
    CollectorSettings settings =
        new CollectorSettings(
            "collector-0",
            Examples.OBJECTIVES,
            List.of(ScoreNormaliser.none(), ScoreNormaliser.none()),
            Optional.empty(),
            QUOTA.batchSize(),
            SAMPLES,
            QUOTA.staleness(),
            2,
            Duration.ofMillis(200),
            Optional.empty(),
            ScoreArrivals.fromStages(
                Examples.OBJECTIVES, Duration.ofMinutes(1), Duration.ofMinutes(1)),
            Examples.QUICK,
            false);
    ActorRef<GradientCollector.Command> collector =
        KIT.spawn(
            GradientCollector.create(
                () -> models.gradients(new GradientsUnderOurControl()),
                topics,
                settings,
                PipelineListener.NONE));
    topics.connectCollector(collector);
    return collector;
  }

  private static ActorRef<Optimizer.Command> startOptimizer(
      TopicsInMemory topics, FlakyModels models, LearnerOnDisk.Disk disk) {
    ActorRef<Optimizer.Command> optimizer =
        KIT.spawn(
            Optimizer.create(
                () -> models.learner(new LearnerOnDisk(disk)),
                null,
                topics::settledUpTo,
                topics,
                Examples.QUICK,
                PipelineListener.NONE,
                Clock.systemUTC()));
    topics.connectOptimizer(optimizer);
    return optimizer;
  }
}
