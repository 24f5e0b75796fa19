package io.gapo.actors.collector;

import static io.gapo.actors.Examples.lineage;
import static io.gapo.actors.Examples.rollout;
import static io.gapo.actors.Examples.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.pattern.StatusReply;
import io.gapo.core.step.ObjectiveGradients;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What the collector does for rollouts that wait, while it waits itself. */
class PreparationTest extends GradientCollectorFixture {

  private static final ActorTestKit KIT = ActorTestKit.create();

  PreparationTest() {
    super(KIT);
  }

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @Test
  void preparesWhatIsNotScoredYetWhileItGathers() {
    beginAt(0);

    arrive("p", 0);

    assertThat(model.prepared()).containsExactly("p#0");
    assertThat(events.phases).contains("gradient-collector/prepare");
  }

  @Test
  void preparesTheNextBatchWhileTheVersionIsMadeAndNoRolloutTwice() {
    beginAt(0);
    complete("p", 0);
    answer(steps.gradients());
    steps.part();
    int whenSent = model.prepared().size();

    complete("q", 0);
    haveTime();
    read(lineage(1, 1, rollout("p", 0, 0), rollout("p", 1, 0)));
    adopt(snapshot(1, 1));
    steps.gradients();
    haveTime();

    assertThat(model.prepared().subList(whenSent, model.prepared().size()))
        .containsExactly("q#0", "q#1");
    assertThat(model.prepared()).doesNotHaveDuplicates();
  }

  @Test
  void preparesNothingWhileADirectionIsAwaitedButLater() {
    beginAt(0);
    complete("p", 0);
    ObjectiveGradients gradients = steps.gradients();
    int whenMeasured = model.prepared().size();

    arrive("q", 0);
    assertThat(model.prepared()).hasSize(whenMeasured);
    answer(gradients);
    steps.part();
    haveTime();

    assertThat(model.prepared()).endsWith("q#0").hasSize(whenMeasured + 1);
  }

  @Test
  void preparesNothingThatIsSettled() {
    TestProbe<StatusReply<Done>> settled = KIT.createTestProbe();
    collector.tell(new GradientCollector.RolloutArrived(rollout("p", 0, 0), settled.ref()));
    collector.tell(new GradientCollector.RolloutArrived(rollout("q", 0, 0), settled.ref()));
    beginAt(1, lineage(1, 1, rollout("p", 0, 0)));
    haveTime();

    assertThat(model.prepared()).containsExactly("q#0");
  }

  @Test
  void aModelThatFailsThenIsMadeAgainAndMeasuresTheBatchAllTheSame() {
    model.prepareFailures.add(new IllegalStateException("out of memory"));
    beginAt(0);
    arrive("p", 0);

    complete("p", 0);

    assertThat(ids(steps.gradients())).containsExactly("p#0", "p#1");
    assertThat(model.calls()).endsWith("close");
    assertThat(nextModel.calls()).contains("measure [p#0, p#1]");
  }

  @Test
  void aModelThatFailsWhileTheVersionIsMadeIsMadeAgainForTheNext() {
    beginAt(0);
    complete("p", 0);
    answer(steps.gradients());
    steps.part();
    model.prepareFailures.add(new IllegalStateException("out of memory"));

    complete("q", 0);
    haveTime();
    read(lineage(1, 1, rollout("p", 0, 0), rollout("p", 1, 0)));
    adopt(snapshot(1, 1));

    assertThat(ids(steps.gradients())).containsExactly("q#0", "q#1");
    assertThat(nextModel.calls()).contains("measure [q#0, q#1]");
  }

  /** A rollout without scores, after which the collector has had time. */
  private void arrive(String promptId, int sample) {
    TestProbe<StatusReply<Done>> settled = KIT.createTestProbe();
    collector.tell(
        new GradientCollector.RolloutArrived(rollout(promptId, sample, 0), settled.ref()));
    haveTime();
  }

  /** Returns when the collector has done what it told itself to do after all that it was told. */
  private void haveTime() {
    settleDown();
    settleDown();
  }
}
