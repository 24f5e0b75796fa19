package io.gapo.actors.collector;

import static io.gapo.actors.Examples.OBJECTIVES;
import static io.gapo.actors.Examples.lineage;
import static io.gapo.actors.Examples.rollout;
import static io.gapo.actors.Examples.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import io.gapo.actors.Examples;
import io.gapo.core.flow.StalenessLimit;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.StepId;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** One of two gradient collectors. */
class GradientCollectorPairTest extends GradientCollectorFixture {

  private static final ActorTestKit KIT = ActorTestKit.create();

  GradientCollectorPairTest() {
    super(KIT);
  }

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @Test
  void measuresAShortBatchWhenAnotherCollectorHasAWholeOne() {
    collector = spawnOfPair(4);
    beginAt(0);
    complete("p", 0);
    settleDown();
    assertThat(steps.isEmpty()).isTrue();

    contribute("collector-1", 0, 4);

    assertThat(ids(steps.gradients())).containsExactly("p#0", "p#1");
  }

  @Test
  void abstainsWhenItIsCalledAndHasNothing() {
    collector = spawnOfPair(4);
    beginAt(0);

    contribute("collector-1", 0, 4);

    ObjectiveGradients nothing = steps.gradients();
    assertThat(nothing.isAbstention()).isTrue();
    assertThat(nothing.step().version()).isEqualTo(PolicyVersion.INITIAL);
    assertThat(nothing.statistics().objectives()).isEqualTo(OBJECTIVES);
  }

  @Test
  void abstainsAgainWhenItIsCalledAgain() {
    collector = spawnOfPair(4);
    beginAt(0);
    contribute("collector-1", 0, 4);
    steps.gradients();

    contribute("collector-1", 0, 4);

    assertThat(steps.gradients().isAbstention()).isTrue();
  }

  @Test
  void contributesAWholeBatchThatComesAfterItAbstained() {
    collector = spawnOfPair(2);
    beginAt(0);
    contribute("collector-1", 0, 4);
    steps.gradients();

    complete("p", 0);

    assertThat(ids(steps.gradients())).containsExactly("p#0", "p#1");
  }

  @Test
  void takesRolloutsBeyondItsBatchThatWouldBeTooOldNextTime() {
    collector = spawnOfPair(2);
    collector.tell(new GradientCollector.LineageCaughtUp());
    complete("p", 0);
    complete("q", 0);
    complete("r", 1);
    read(lineage(1, 1));

    adopt(snapshot(1, 1));

    assertThat(ids(steps.gradients())).containsExactly("p#0", "p#1", "q#0", "q#1");
  }

  @Test
  void isNotCalledByItselfByAnAbstentionOrToAnotherVersion() {
    collector = spawnOfPair(4);
    beginAt(0);
    complete("p", 0);

    contribute("collector-0", 0, 4);
    contribute("collector-1", 0, 0);
    contribute("collector-1", 1, 4);

    settleDown();
    assertThat(steps.isEmpty()).isTrue();
    read(lineage(1, 1));
    adopt(snapshot(1, 1));
    assertThat(ids(steps.gradients())).containsExactly("p#0", "p#1");
  }

  /** One of two, which waits a moment only for a whole batch. */
  private ActorRef<GradientCollector.Command> spawnOfPair(int batchSize) {
    CollectorSettings settings =
        new CollectorSettings(
            "collector-0",
            OBJECTIVES,
            NORMALISERS,
            Optional.empty(),
            batchSize,
            2,
            new StalenessLimit(1),
            ATTEMPTS,
            LONG,
            Optional.of(Duration.ofMillis(1)),
            NOT_AWAITED,
            QUICK_AT_FIRST,
            false);
    return KIT.spawn(GradientCollector.create(() -> model, steps, settings, events));
  }

  /** Tells the collector that {@code contributor} contributed so many rollouts to this version. */
  private void contribute(String contributor, long version, int rollouts) {
    StepId id = new StepId(new PolicyVersion(version), 0, contributor);
    Rollout[] batch = new Rollout[rollouts];
    for (int i = 0; i < rollouts; i++) {
      batch[i] = rollout("elsewhere", i, version);
    }
    collector.tell(new GradientCollector.ContributionReceived(Examples.gradients(id, batch)));
  }
}
