package io.gapo.actors.collector;

import static io.gapo.actors.Examples.OBJECTIVES;
import static io.gapo.actors.Examples.snapshot;
import static io.gapo.actors.Examples.step;
import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.pattern.StatusReply;
import io.gapo.actors.Examples;
import io.gapo.core.combine.Combination;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.flow.Backoff;
import io.gapo.core.flow.StalenessLimit;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.step.BatchUnion;
import io.gapo.core.step.UpdateDirection;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One of two collectors, which has sent its part when the other one's batch changes. */
class DirectionDecidedAgainTest extends GradientCollectorFixture {

  private static final ActorTestKit KIT = ActorTestKit.create();

  private TestProbe<StatusReply<Done>> settled = acks;

  DirectionDecidedAgainTest() {
    super(KIT);
  }

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  /** One failure refuses a batch, and a broken model stays so. */
  @BeforeEach
  void sendAPart() {
    CollectorSettings settings =
        new CollectorSettings(
            "collector-0",
            OBJECTIVES,
            NORMALISERS,
            Optional.empty(),
            2,
            2,
            new StalenessLimit(1),
            1,
            LONG,
            Optional.of(LONG),
            NOT_AWAITED,
            new Backoff(LONG, LONG),
            false);
    collector = KIT.spawn(GradientCollector.create(() -> model, steps, settings, events));
    beginAt(0);
    settled = complete("p", 0);
    answer(steps.gradients());
    steps.part();
  }

  @Test
  void measuresAndDifferentiatesItsBatchAgain() {
    UpdateDirection again = decidedAgain();

    collector.tell(new GradientCollector.DirectionArrived(again));

    assertThat(steps.part().direction()).isEqualTo(again);
    assertThat(model.calls())
        .containsExactly(
            "adopt v0",
            "measure [p#0, p#1]",
            "backward [0.5, 0.25, 0.0]",
            "measure [p#0, p#1]",
            "backward [0.25, 0.5, 0.0]");
    settleDown();
    assertThat(steps.isEmpty()).isTrue();
  }

  @Test
  void refusesItsBatchWhenThatIsNotFinite() {
    model.backwardFailures.add(GradientsUnderOurControl.notFinite());

    collector.tell(new GradientCollector.DirectionArrived(decidedAgain()));

    Settlement settlement = steps.settlement();
    assertThat(settlement.fate()).isEqualTo(Fate.REFUSED);
    assertThat(settlement.rollout().id()).isEqualTo("p#0");
    expectAcks(settled, 6);
  }

  @Test
  void blamesNoBatchForAModelThatIsStillBroken() {
    model.adoptFailures.add(new IllegalStateException("out of memory"));
    collector.tell(new GradientCollector.Adopt(snapshot(0, 2), acks.ref()));
    assertThat(acks.receiveMessage().isError()).isTrue();

    collector.tell(new GradientCollector.DirectionArrived(decidedAgain()));

    settleDown();
    assertThat(steps.isEmpty()).isTrue();
    settled.expectNoMessage();
  }

  /** A direction decided for the union with another batch of two. */
  private static UpdateDirection decidedAgain() {
    return new UpdateDirection(
        step(0, 0),
        new Combination(new double[] {0.5, 0.5}, new double[] {0.25, 0.5}, 0),
        0,
        GramMatrix.of(new double[][] {{2, 0}, {0, 2}}),
        null,
        new BatchUnion(Examples.GRAM, 2, 4, 18));
  }
}
