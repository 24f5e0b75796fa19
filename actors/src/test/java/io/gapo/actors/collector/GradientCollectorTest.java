package io.gapo.actors.collector;

import static io.gapo.actors.Examples.OBJECTIVES;
import static io.gapo.actors.Examples.direction;
import static io.gapo.actors.Examples.lineage;
import static io.gapo.actors.Examples.refused;
import static io.gapo.actors.Examples.rollout;
import static io.gapo.actors.Examples.score;
import static io.gapo.actors.Examples.snapshot;
import static io.gapo.actors.Examples.step;
import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import io.gapo.actors.Examples;
import io.gapo.actors.FailsAtPhases;
import io.gapo.actors.FailsAtVersions;
import io.gapo.actors.HeardEvents;
import io.gapo.actors.StepsUnderOurControl;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.flow.Backoff;
import io.gapo.core.flow.StalenessLimit;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.policy.TensorsReleasedException;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.PolicyGradients;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.step.GradientPart;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.StepId;
import io.gapo.core.step.UpdateDirection;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two objectives, two samples a prompt, batches of two, one version of staleness. */
class GradientCollectorTest {

  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Duration LONG = Duration.ofMinutes(1);

  /** The first pauses are short; the longest, which tests should not have to wait for, is not. */
  private static final Backoff QUICK_AT_FIRST = new Backoff(Duration.ofMillis(1), LONG);

  private static final int ATTEMPTS = 2;

  private final GradientsUnderOurControl model = new GradientsUnderOurControl();
  private final GradientsUnderOurControl nextModel = new GradientsUnderOurControl();
  private final StepsUnderOurControl steps = new StepsUnderOurControl();
  private final HeardEvents events = new HeardEvents();
  private final TestProbe<StatusReply<Done>> acks = KIT.createTestProbe();
  private ActorRef<GradientCollector.Command> collector = KIT.system().ignoreRef();

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @BeforeEach
  void start() {
    collector = spawn(LONG, QUICK_AT_FIRST);
  }

  // Joining

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
        new GradientCollector.ScoreArrived(score(rollout("p", 0, 0), "helpful", 1), settled.ref()));

    settled.expectMessage(StatusReply.ack());
    settled.expectMessage(StatusReply.ack());
  }

  @Test
  void ignoresScoresOfAnObjectiveThatTheRunDoesNotHaveButSaysSo() {
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
                settled.expectMessage(StatusReply.ack());
              }
              return Done.getInstance();
            });
  }

  // A step

  @Test
  void turnsABatchIntoAGradientAndWaitsForTheNextVersion() {
    beginAt(0);
    TestProbe<StatusReply<Done>> settled = complete("p", 0);

    ObjectiveGradients gradients = steps.gradients();
    assertThat(gradients.step()).isEqualTo(step(0, 0));
    assertThat(gradients.gram()).isEqualTo(Examples.GRAM);
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
    assertThat(events.phases).contains("gradient-collector/measure", "gradient-collector/backward");
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

  // Staleness

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

  // Refusals

  @Test
  void refusesABatchWithAnObjectiveThatIsNotFiniteAndGoesOn() {
    model.measureFailures.add(GradientsUnderOurControl.notFinite());
    beginAt(0);
    TestProbe<StatusReply<Done>> settled = complete("p", 0);
    complete("q", 0);

    assertThat(steps.gradients().step()).isEqualTo(step(0, 1));
    Settlement settlement = steps.settlement();
    assertThat(settlement.fate()).isEqualTo(Fate.REFUSED);
    assertThat(settlement.reason()).contains("'helpful'");
    expectAcks(settled, 6);
    assertThat(events.refusals).containsExactly("objective 'helpful': the surrogate is not finite");
    assertThat(events.settledIds()).containsExactly("p#0", "p#1");
  }

  @Test
  void refusesABatchWhoseBackwardPassIsNotFinite() {
    model.backwardFailures.add(GradientsUnderOurControl.notFinite());
    beginAt(0);
    complete("p", 0);
    complete("q", 0);

    answer(steps.gradients());

    assertThat(steps.settlement().rollout().id()).isEqualTo("p#0");
    assertThat(ids(steps.gradients())).containsExactly("q#0", "q#1");
    assertThat(model.calls()).contains("discard");
  }

  @Test
  void makesTheNextAttemptWhenTheOptimizerRefusesItsStep() {
    beginAt(0);
    TestProbe<StatusReply<Done>> settled = complete("p", 0);
    answer(steps.gradients());
    steps.part();
    complete("q", 0);

    collector.tell(new GradientCollector.SettlementRead(refused(rollout("p", 0, 0), 0)));
    expectAcks(settled, 3);
    settleDown();
    assertThat(steps.isEmpty()).isTrue();
    collector.tell(new GradientCollector.SettlementRead(refused(rollout("p", 1, 0), 0)));
    expectAcks(settled, 3);

    ObjectiveGradients next = steps.gradients();
    assertThat(next.step()).isEqualTo(step(0, 1));
    assertThat(ids(next)).containsExactly("q#0", "q#1");
  }

  @Test
  void takesTheRestOfARefusedStepAgainIfItIsNotRefused() {
    collector = spawn(LONG, Examples.QUICK);
    beginAt(0);
    complete("p", 0);
    answer(steps.gradients());
    steps.part();
    complete("q", 0);

    collector.tell(new GradientCollector.SettlementRead(refused(rollout("p", 0, 0), 0)));

    assertThat(ids(steps.gradients())).containsExactly("p#1", "q#0", "q#1");
  }

  @Test
  void doesNotWaitForRefusalsOfAVersionThatIsPast() {
    beginAt(0);
    complete("p", 0);
    answer(steps.gradients());
    steps.part();
    complete("q", 0);
    collector.tell(new GradientCollector.SettlementRead(refused(rollout("p", 0, 0), 0)));

    read(lineage(1, 1));
    adopt(snapshot(1, 1));

    assertThat(ids(steps.gradients())).containsExactly("p#1", "q#0", "q#1");
  }

  // Failures

  @Test
  void publishesAgainWhatCouldNotBePublished() {
    steps.failNext(3);
    beginAt(0);
    complete("p", 0);

    ObjectiveGradients gradients = steps.gradients();
    steps.failNext(3);
    answer(gradients);

    assertThat(steps.part().step()).isEqualTo(gradients.step());
  }

  @Test
  void settlesAgainWhatCouldNotBeSettled() {
    model.measureFailures.add(GradientsUnderOurControl.notFinite());
    steps.failNext(5);
    beginAt(0);

    expectAcks(complete("p", 0), 6);
  }

  @Test
  void asksAgainWhenNoDirectionComes() {
    collector = spawn(Duration.ofMillis(200), Examples.QUICK);
    beginAt(0);
    complete("p", 0);

    ObjectiveGradients first = steps.gradients();
    AtomicBoolean said = new AtomicBoolean();
    LoggingTestKit.warn("No direction for v0.0@collector-0")
        .withCustom(event -> !said.getAndSet(true)) // On a busy machine it says so more than once.
        .expect(KIT.system(), () -> assertThat(steps.gradients()).isEqualTo(first));
    answer(first);

    assertThat(steps.part().step()).isEqualTo(first.step());
  }

  @Test
  void sendsItsPartAgainWhenNoVersionComes() {
    collector = spawn(Duration.ofMillis(5), Examples.QUICK);
    beginAt(0);
    complete("p", 0);
    answer(steps.gradients());

    GradientPart first = steps.part();
    GradientPart second = steps.part();
    GradientPart third = steps.part();

    assertThat(List.of(second, third)).containsOnly(first);
  }

  @Test
  void measuresABatchAgainWithANewModelWhenTheModelFails() {
    model.measureFailures.add(new IllegalStateException("out of memory"));
    beginAt(0);
    complete("p", 0);

    ObjectiveGradients gradients = steps.gradients();

    assertThat(gradients.step()).isEqualTo(step(0, 1));
    assertThat(model.calls()).endsWith("close");
    assertThat(nextModel.calls()).containsExactly("adopt v0", "measure [p#0, p#1]");
  }

  @Test
  void measuresABatchAgainWhenItsBackwardPassFails() {
    model.backwardFailures.add(new IllegalStateException("out of memory"));
    beginAt(0);
    complete("p", 0);

    answer(steps.gradients());
    answer(steps.gradients());

    assertThat(steps.part().step()).isEqualTo(step(0, 1));
  }

  @Test
  void refusesABatchOnWhichTheModelFailsAgainAndAgain() {
    model.measureFailures.add(new IllegalStateException("out of memory"));
    nextModel.measureFailures.add(new IllegalStateException("out of memory"));
    beginAt(0);
    TestProbe<StatusReply<Done>> settled = complete("p", 0);
    complete("q", 0);

    Settlement settlement = steps.settlement();

    assertThat(settlement.fate()).isEqualTo(Fate.REFUSED);
    assertThat(settlement.reason())
        .isEqualTo("the model failed 2 times, at last with: out of memory");
    expectAcks(settled, 6);
    assertThat(ids(steps.gradients())).containsExactly("q#0", "q#1");
  }

  @Test
  void triesAgainUntilAModelCanBeMade() {
    Queue<Supplier<PolicyGradients>> supply =
        new ArrayDeque<>(
            List.of(GradientCollectorTest::notYet, GradientCollectorTest::notYet, () -> nextModel));
    collector = spawn(() -> supply.remove().get(), LONG, Examples.QUICK);
    beginAt(0);
    complete("p", 0);

    steps.gradients();

    assertThat(nextModel.calls()).containsExactly("adopt v0", "measure [p#0, p#1]");
  }

  @Test
  void tellsWhoBroughtAVersionThatCannotBeAdoptedAndKeepsTheOneBefore() {
    beginAt(0);
    model.adoptFailures.add(new IllegalArgumentException("not these tensors"));

    collector.tell(new GradientCollector.Adopt(snapshot(1, 1), acks.ref()));

    assertThat(acks.receiveMessage().getError()).hasMessage("not these tensors");
    complete("p", 0);
    assertThat(steps.gradients().step()).isEqualTo(step(0, 0));
    assertThat(nextModel.calls()).startsWith("adopt v0");
  }

  @Test
  void skipsAVersionThatWasLentAndIsGone() {
    beginAt(0);
    model.adoptFailures.add(new TensorsReleasedException("weights"));

    adopt(snapshot(1, 1));

    complete("p", 0);
    assertThat(steps.gradients().step()).isEqualTo(step(0, 0));
    adopt(snapshot(2, 1));
    assertThat(model.calls()).contains("adopt v2").doesNotContain("close");
    assertThat(nextModel.calls()).isEmpty();
  }

  @Test
  void triesAgainWhenTheVersionOfAModelMadeAnewIsGone() {
    beginAt(0);
    model.measureFailures.add(new IllegalStateException("out of memory"));
    nextModel.adoptFailures.add(new TensorsReleasedException("weights"));

    // No second error: nothing is wrong with this model.
    LoggingTestKit.error("The model for gradients failed")
        .withOccurrences(1)
        .expect(
            KIT.system(),
            () ->
                LoggingTestKit.info("Waits for a newer version")
                    .withOccurrences(1)
                    .expect(KIT.system(), () -> complete("p", 0)));

    assertThat(steps.gradients().step().version()).isEqualTo(new PolicyVersion(0));
    assertThat(nextModel.calls()).containsExactly("adopt v0", "close");
  }

  @Test
  void endsAndTellsWhoWaitsWhenAListenerFailsAndDoesNotBlameTheModel() {
    collector = spawn(inTurn(), LONG, Examples.QUICK, new FailsAtVersions());

    collector.tell(new GradientCollector.Adopt(snapshot(0, 1), acks.ref()));

    assertThat(acks.receiveMessage().getError()).hasMessage("cannot count versions");
    acks.expectTerminated(collector);
    assertThat(model.calls()).containsExactly("adopt v0", "close");
    assertThat(nextModel.calls()).isEmpty();
  }

  @Test
  void doesNotBlameTheModelForAListenerThatCannotTimeAnAdoption() {
    collector = spawn(inTurn(), LONG, Examples.QUICK, new FailsAtPhases("adopt"));

    collector.tell(new GradientCollector.Adopt(snapshot(0, 1), acks.ref()));

    assertThat(acks.receiveMessage().getError()).hasMessageEndingWith("cannot time adopt");
    acks.expectTerminated(collector);
    assertThat(model.calls()).containsExactly("adopt v0", "close");
    assertThat(nextModel.calls()).isEmpty();
  }

  @Test
  void refusesNoRolloutsForAListenerThatCannotTimeAMeasurement() {
    collector = spawn(inTurn(), LONG, Examples.QUICK, new FailsAtPhases("measure"));
    beginAt(0);

    TestProbe<StatusReply<Done>> settled = complete("p", 0);

    for (StatusReply<Done> reply : settled.receiveSeveralMessages(6)) {
      assertThat(reply.getError()).hasMessageContaining("stopped");
    }
    acks.expectTerminated(collector);
    assertThat(steps.isEmpty()).isTrue();
    assertThat(nextModel.calls()).isEmpty();
  }

  @Test
  void makesAModelAnewThatCannotForgetABatch() {
    model.discardFailures.add(new IllegalStateException("out of memory"));
    beginAt(0);
    complete("p", 0);
    steps.gradients();

    adopt(snapshot(1, 1));
    read(lineage(1, 1));

    assertThat(steps.gradients().step()).isEqualTo(step(1, 0));
    assertThat(nextModel.calls()).containsExactly("adopt v1", "measure [p#0, p#1]");
  }

  @Test
  void tellsWhoWaitsWhenItIsStopped() {
    TestProbe<StatusReply<Done>> settled = complete("p", 0);

    settleDown();
    KIT.stop(collector);

    for (StatusReply<Done> reply : settled.receiveSeveralMessages(6)) {
      assertThat(reply.getError()).hasMessageContaining("stopped");
    }
    assertThat(model.calls()).containsExactly("close");
  }

  // Several collectors

  @Test
  void measuresAShortBatchWhenAnotherCollectorHasAWholeOne() {
    collector = spawnOfPair(4);
    beginAt(0);
    complete("p", 0);
    settleDown();
    assertThat(steps.isEmpty()).isTrue();

    hear("collector-1", 0, 4);

    assertThat(ids(steps.gradients())).containsExactly("p#0", "p#1");
  }

  @Test
  void abstainsWhenItIsCalledAndHasNothing() {
    collector = spawnOfPair(4);
    beginAt(0);

    hear("collector-1", 0, 4);

    ObjectiveGradients nothing = steps.gradients();
    assertThat(nothing.isAbstention()).isTrue();
    assertThat(nothing.step().version()).isEqualTo(PolicyVersion.INITIAL);
    assertThat(nothing.statistics().objectives()).isEqualTo(OBJECTIVES);
  }

  @Test
  void abstainsAgainWhenItIsCalledAgain() {
    collector = spawnOfPair(4);
    beginAt(0);
    hear("collector-1", 0, 4);
    steps.gradients();

    hear("collector-1", 0, 4);

    assertThat(steps.gradients().isAbstention()).isTrue();
  }

  @Test
  void contributesAWholeBatchThatComesAfterItAbstained() {
    collector = spawnOfPair(2);
    beginAt(0);
    hear("collector-1", 0, 4);
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

    hear("collector-0", 0, 4);
    hear("collector-1", 0, 0);
    hear("collector-1", 1, 4);

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
            batchSize,
            2,
            new StalenessLimit(1),
            100,
            ATTEMPTS,
            LONG,
            Optional.of(Duration.ofMillis(1)),
            QUICK_AT_FIRST);
    return KIT.spawn(GradientCollector.create(() -> model, steps, settings, events));
  }

  /** This collector contributed a batch of so many rollouts to this version. */
  private void hear(String contributor, long version, int rollouts) {
    StepId id = new StepId(new PolicyVersion(version), 0, contributor);
    Rollout[] batch = new Rollout[rollouts];
    for (int i = 0; i < rollouts; i++) {
      batch[i] = rollout("elsewhere", i, version);
    }
    collector.tell(new GradientCollector.ContributionHeard(Examples.gradients(id, batch)));
  }

  private Supplier<PolicyGradients> inTurn() {
    Queue<GradientsUnderOurControl> supply =
        new ArrayDeque<>(List.of(model, nextModel, new GradientsUnderOurControl()));
    return supply::remove;
  }

  private ActorRef<GradientCollector.Command> spawn(Duration patience, Backoff backoff) {
    return spawn(inTurn(), patience, backoff);
  }

  private ActorRef<GradientCollector.Command> spawn(
      Supplier<PolicyGradients> models, Duration patience, Backoff backoff) {
    return spawn(models, patience, backoff, events);
  }

  private ActorRef<GradientCollector.Command> spawn(
      Supplier<PolicyGradients> models,
      Duration patience,
      Backoff backoff,
      PipelineListener listener) {
    CollectorSettings settings =
        new CollectorSettings(
            "collector-0",
            OBJECTIVES,
            2,
            2,
            new StalenessLimit(1),
            100,
            ATTEMPTS,
            patience,
            backoff);
    return KIT.spawn(GradientCollector.create(models, steps, settings, listener));
  }

  /** Reads this history, and adopts version {@code version} of optimizer epoch 1. */
  private void beginAt(long version, VersionLineage... history) {
    for (VersionLineage lineage : history) {
      read(lineage);
    }
    collector.tell(new GradientCollector.LineageCaughtUp());
    adopt(snapshot(version, 1));
  }

  private void adopt(PolicySnapshot snapshot) {
    collector.tell(new GradientCollector.Adopt(snapshot, acks.ref()));
    assertThat(acks.receiveMessage().getValue()).isEqualTo(Done.getInstance());
  }

  private void read(VersionLineage lineage) {
    collector.tell(new GradientCollector.VersionLineageRead(lineage));
  }

  private void answer(ObjectiveGradients gradients) {
    collector.tell(new GradientCollector.DirectionArrived(direction(gradients.step())));
  }

  /** Both samples of a prompt with both scores: six records whose fate the probe hears of. */
  private TestProbe<StatusReply<Done>> complete(String promptId, long version) {
    TestProbe<StatusReply<Done>> settled = KIT.createTestProbe();
    for (int k = 0; k < 2; k++) {
      Rollout rollout = rollout(promptId, k, version);
      for (String objective : OBJECTIVES) {
        collector.tell(
            new GradientCollector.ScoreArrived(score(rollout, objective, 1), settled.ref()));
      }
      collector.tell(new GradientCollector.RolloutArrived(rollout, settled.ref()));
    }
    return settled;
  }

  private static void expectAcks(TestProbe<StatusReply<Done>> settled, int count) {
    assertThat(settled.receiveSeveralMessages(count)).containsOnly(StatusReply.ack());
  }

  /** Returns when the collector has handled everything sent so far. */
  private void settleDown() {
    TestProbe<StatusReply<Done>> barrier = KIT.createTestProbe();
    collector.tell(
        new GradientCollector.ScoreArrived(
            score(rollout("barrier", 0, 0), "unknown", 0), barrier.ref()));
    barrier.expectMessage(StatusReply.ack());
  }

  private static List<String> ids(ObjectiveGradients gradients) {
    return gradients.rollouts().stream().map(RolloutReference::id).toList();
  }

  private static PolicyGradients notYet() {
    throw new IllegalStateException("the model is not on disk yet");
  }
}
