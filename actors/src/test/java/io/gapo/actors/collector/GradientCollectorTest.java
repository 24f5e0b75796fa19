package io.gapo.actors.collector;

import static io.gapo.actors.Examples.direction;
import static io.gapo.actors.Examples.lineage;
import static io.gapo.actors.Examples.rollout;
import static io.gapo.actors.Examples.score;
import static io.gapo.actors.Examples.snapshot;
import static io.gapo.actors.Examples.step;
import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.pattern.StatusReply;
import io.gapo.actors.Examples;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.RejectedScoreException;
import io.gapo.core.ppo.KlTarget;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.step.GradientPart;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.UpdateDirection;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** From records to a part of the next version, while all goes well. */
class GradientCollectorTest extends GradientCollectorFixture {

  private static final ActorTestKit KIT = ActorTestKit.create();

  GradientCollectorTest() {
    super(KIT);
  }

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @Nested
  class Joining {

    @Test
    void measuresNothingBeforeTheHistoryHasBeenRead() {
      adopt(snapshot(0, 1));
      complete("p", 0);

      settleDown();
      assertThat(model.calls()).containsExactly("adopt v0");
      collector.tell(new GradientCollector.LineageCaughtUp());

      assertThat(steps.gradients().step()).isEqualTo(step(0, 0));
    }

    @Test
    void measuresNothingBeforeAVersionIsAdopted() {
      collector.tell(new GradientCollector.LineageCaughtUp());
      complete("p", 0);

      settleDown();
      assertThat(model.calls()).isEmpty();
      adopt(snapshot(0, 1));

      steps.gradients();
      assertThat(model.calls()).containsExactly("adopt v0", "measure [p#0, p#1]");
    }

    @Test
    void measuresNothingBeforeTheLineageOfItsVersionHasBeenRead() {
      collector.tell(new GradientCollector.LineageCaughtUp());
      adopt(snapshot(1, 1));
      complete("old", 1);
      complete("p", 1);

      settleDown();
      assertThat(model.calls()).containsExactly("adopt v1");
      read(lineage(1, 1, rollout("old", 0, 1), rollout("old", 1, 1)));

      assertThat(ids(steps.gradients())).containsExactly("p#0", "p#1");
    }

    @Test
    void acknowledgesAtOnceWhatIsSettledAlready() {
      beginAt(1, lineage(1, 1, rollout("p", 0, 0)));
      TestProbe<StatusReply<Done>> settled = KIT.createTestProbe();

      collector.tell(new GradientCollector.RolloutArrived(rollout("p", 0, 0), settled.ref()));
      collector.tell(
          new GradientCollector.ScoreArrived(
              score(rollout("p", 0, 0), "helpful", 1), settled.ref()));

      settled.expectMessage(StatusReply.ack());
      settled.expectMessage(StatusReply.ack());
    }

    @Test
    void rejectsScoresOfAnObjectiveThatTheRunDoesNotHaveAndSaysSoOnce() {
      TestProbe<StatusReply<Done>> settled = KIT.createTestProbe();

      LoggingTestKit.warn("Scores of objective 'concise' are ignored")
          .withOccurrences(1)
          .expect(
              KIT.system(),
              () -> {
                for (int i = 0; i < 2; i++) {
                  collector.tell(
                      new GradientCollector.ScoreArrived(
                          score(rollout("p", i, 0), "concise", 1), settled.ref()));
                  assertThat(settled.receiveMessage().getError())
                      .isInstanceOf(RejectedScoreException.class)
                      .hasMessageContaining("'concise'");
                }
                return Done.getInstance();
              });
    }
  }

  @Nested
  class AStep {

    @Test
    void turnsABatchIntoAGradientAndWaitsForTheNextVersion() {
      beginAt(0);
      TestProbe<StatusReply<Done>> settled = complete("p", 0);

      ObjectiveGradients gradients = steps.gradients();
      assertThat(gradients.step()).isEqualTo(step(0, 0));
      assertThat(gradients.gram()).isEqualTo(Examples.GRAM);
      assertThat(events.measured)
          .as("who listens is told before anyone sees the result")
          .singleElement()
          .satisfies(
              batch ->
                  assertThat(batch)
                      .extracting(scored -> scored.rollout().id())
                      .containsExactly("p#0", "p#1"));
      answer(gradients);
      GradientPart part = steps.part();

      assertThat(part.direction()).isEqualTo(direction(step(0, 0)));
      assertThat(part.rollouts()).isEqualTo(gradients.rollouts());
      assertThat(part.gradient()).containsExactly(Examples.tensor(1));
      assertThat(part.statistics().phaseSeconds()).containsKeys("await-direction", "backward");
      assertThat(model.calls())
          .containsExactly("adopt v0", "measure [p#0, p#1]", "backward [0.5, 0.25, 0.0]");
      complete("q", 0);
      settleDown();
      assertThat(steps.isEmpty()).isTrue();
      settled.expectNoMessage();

      read(lineage(1, 1, rollout("p", 0, 0), rollout("p", 1, 0)));
      expectAcks(settled, 6);
      adopt(snapshot(1, 1));
      assertThat(steps.gradients().step()).isEqualTo(step(1, 0));
      assertThat(events.adopted).containsExactly(PolicyVersion.INITIAL, new PolicyVersion(1));
      assertThat(events.phases)
          .contains("gradient-collector/measure", "gradient-collector/backward");
    }

    @Test
    void measuresWithThePenaltyOfTheSettingsWhereItIsNotAdapted() {
      beginAt(0);
      complete("p", 0);
      steps.gradients();

      assertThat(model.klCoefficients()).containsExactly(OptionalDouble.empty());
    }

    @Test
    void measuresWithThePenaltyThatFollowsFromTheVersionsLineage() {
      collector = spawnHolding(new KlTarget(0.5, 0.1, 2));
      // Its two rollouts were measured with 0.02, and their divergence is 0: a fifth less.
      beginAt(1, lineage(1, 1, rollout("a", 0, 0), rollout("a", 1, 0)));
      complete("p", 1);
      steps.gradients();

      assertThat(model.klCoefficients()).containsExactly(OptionalDouble.of(0.02 * 0.8));
    }

    @Test
    void goesOnWhenTheVersionComesBeforeItsLineage() {
      beginAt(0);
      TestProbe<StatusReply<Done>> settled = complete("p", 0);
      answer(steps.gradients());
      steps.part();
      complete("q", 0);

      adopt(snapshot(1, 1));
      settleDown();
      assertThat(steps.isEmpty()).isTrue();
      read(lineage(1, 1, rollout("p", 0, 0), rollout("p", 1, 0)));

      assertThat(ids(steps.gradients())).containsExactly("q#0", "q#1");
      expectAcks(settled, 6);
    }

    @Test
    void takesOnlyTheDirectionOfThisVeryMeasurement() {
      beginAt(0);
      complete("p", 0);
      ObjectiveGradients gradients = steps.gradients();
      UpdateDirection wanted = direction(gradients.step());

      collector.tell(new GradientCollector.DirectionArrived(direction(step(0, 7))));
      collector.tell(
          new GradientCollector.DirectionArrived(
              new UpdateDirection(
                  wanted.step(),
                  wanted.combination(),
                  0,
                  GramMatrix.of(new double[][] {{9, 0}, {0, 9}}))));
      settleDown();
      assertThat(steps.isEmpty()).isTrue();
      answer(gradients);
      answer(gradients);

      assertThat(steps.part().direction()).isEqualTo(wanted);
      settleDown();
      assertThat(steps.isEmpty()).isTrue();
    }

    @Test
    void putsRolloutsBackThatTheNextVersionWasNotMadeFrom() {
      beginAt(0);
      complete("p", 0);
      complete("q", 0);
      answer(steps.gradients());
      steps.part();

      read(lineage(1, 1, rollout("q", 0, 0), rollout("q", 1, 0)));
      adopt(snapshot(1, 1));

      assertThat(ids(steps.gradients())).containsExactly("p#0", "p#1");
    }

    @Test
    void leavesAMeasuredBatchWhenANewerVersionComes() {
      beginAt(0);
      complete("p", 0);
      ObjectiveGradients outdated = steps.gradients();

      adopt(snapshot(1, 1));
      answer(outdated);
      read(lineage(1, 1));

      ObjectiveGradients again = steps.gradients();
      assertThat(again.step()).isEqualTo(step(1, 0));
      assertThat(ids(again)).containsExactly("p#0", "p#1");
      assertThat(model.calls())
          .containsExactly(
              "adopt v0", "measure [p#0, p#1]", "discard", "adopt v1", "measure [p#0, p#1]");
    }

    @Test
    void measuresAgainWhenTheSameVersionComesFromANewOptimizer() {
      beginAt(0);
      complete("p", 0);
      steps.gradients();

      adopt(snapshot(0, 2));

      assertThat(steps.gradients().step()).isEqualTo(step(0, 1));
    }

    @Test
    void keepsWaitingWhenTheSameVersionComesFromANewOptimizerAfterThePartWasSent() {
      beginAt(0);
      complete("p", 0);
      answer(steps.gradients());
      steps.part();

      adopt(snapshot(0, 2));
      settleDown();

      assertThat(steps.isEmpty()).isTrue();
    }

    @Test
    void ignoresWhatDoesNotSupersedeItsVersion() {
      beginAt(0);
      adopt(snapshot(0, 1));

      assertThat(model.calls()).containsExactly("adopt v0");
    }

    @Test
    void ignoresTheLineageOfAnOptimizerThatWasReplaced() {
      beginAt(0);
      adopt(snapshot(0, 2));

      LoggingTestKit.warn("Ignored v1 of optimizer epoch 1")
          .expect(
              KIT.system(),
              () -> {
                read(lineage(1, 1, rollout("p", 0, 0), rollout("p", 1, 0)));
                return Done.getInstance();
              });
      complete("p", 0);

      assertThat(ids(steps.gradients())).containsExactly("p#0", "p#1");
    }
  }

  @Nested
  class Staleness {

    @Test
    void settlesOverAgeRolloutsAndAcknowledgesThemWhenThatIsDurable() {
      steps.holdSettlements();
      TestProbe<StatusReply<Done>> stale = complete("old", 0);
      complete("fresh", 1);
      beginAt(2, lineage(1, 1), lineage(2, 1));

      assertThat(ids(steps.gradients())).containsExactly("fresh#0", "fresh#1");
      Settlement settlement = steps.settlement();
      assertThat(settlement.fate()).isEqualTo(Fate.STALE);
      assertThat(settlement.version()).isEqualTo(2);
      assertThat(settlement.reason()).contains("v0", "2 versions before v2", "the limit is 1");
      collector.tell(new GradientCollector.RolloutArrived(rollout("old", 0, 0), stale.ref()));
      settleDown();
      stale.expectNoMessage();
      steps.releaseSettlement();
      steps.releaseSettlement();

      expectAcks(stale, 7);
      settleDown();
      assertThat(events.settledIds()).containsExactly("old#0", "old#1");
    }

    @Test
    void passesOverWhatTheLineageSettledLongAgo() {
      VersionLineage[] history = new VersionLineage[1_000];
      for (int i = 0; i < history.length; i++) {
        history[i] = lineage(i + 1, 1, rollout("p" + i, 0, i), rollout("p" + i, 1, i));
      }
      beginAt(1_000, history);

      for (int i = 0; i < 100; i++) {
        expectAcks(complete("p" + i, i), 6);
      }

      assertThat(events.skipped).hasValue(200);
      assertThat(events.settlements).isEmpty();
      assertThat(steps.isEmpty()).isTrue();
    }

    @Test
    void acknowledgesWhatWasSettledElsewhere() {
      beginAt(0);
      TestProbe<StatusReply<Done>> settled = KIT.createTestProbe();
      Rollout rollout = rollout("p", 0, 0);
      collector.tell(new GradientCollector.RolloutArrived(rollout, settled.ref()));

      collector.tell(
          new GradientCollector.SettlementRead(
              new Settlement(RolloutReference.to(rollout), Fate.QUARANTINED, 0, "no score")));

      settled.expectMessage(StatusReply.ack());
    }
  }
}
