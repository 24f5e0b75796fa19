package io.gapo.actors.collector;

import static io.gapo.actors.Examples.OBJECTIVES;
import static io.gapo.actors.Examples.rollout;
import static io.gapo.actors.Examples.score;
import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import io.gapo.actors.RecordedEvents.Awaited;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.port.RejectedScoreException;
import io.gapo.core.rollout.MissingScore;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.Score;
import io.gapo.core.rollout.ScoreRecord;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Scores that do not come, come without a number, or join nothing. */
class GradientCollectorScoresTest extends GradientCollectorFixture {

  private static final ActorTestKit KIT = ActorTestKit.create();

  private static final Duration SHORT = Duration.ofMillis(20);

  private final TestProbe<StatusReply<Done>> settled = KIT.createTestProbe();

  GradientCollectorScoresTest() {
    super(KIT);
  }

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @Test
  void settlesARolloutThatAnObjectiveCannotScoreWithTheReason() {
    beginAt(0);
    Rollout rollout = rollout("p", 0, 0);

    send(rollout);
    send(missing(rollout, "harmless", "the judge refuses to answer"));

    expectAcks(settled, 2);
    assertThat(events.settlements)
        .singleElement()
        .satisfies(
            settlement -> {
              assertThat(settlement.fate()).isEqualTo(Fate.QUARANTINED);
              assertThat(settlement.rollout().id()).isEqualTo("p#0");
              assertThat(settlement.reason())
                  .isEqualTo("objective 'harmless' cannot score it: the judge refuses to answer");
            });
    assertThat(steps.settlement()).isEqualTo(events.settlements.element());
  }

  @Test
  void settlesItWhenItComesAfterTheReason() {
    beginAt(0);
    Rollout rollout = rollout("p", 0, 0);

    send(missing(rollout, "harmless", "no"));
    settleDown();
    assertThat(events.settlements).isEmpty();
    send(rollout);

    expectAcks(settled, 2);
    assertThat(events.settlements).hasSize(1);
  }

  @Test
  void trainsOnTheOtherSamplesOfItsPrompt() {
    beginAt(0);
    complete("q", 0);
    steps.gradients();
    Rollout scored = rollout("p", 1, 0);
    send(scored);
    OBJECTIVES.forEach(objective -> send(score(scored, objective, 1)));

    Rollout unscorable = rollout("p", 0, 0);
    send(unscorable);
    send(missing(unscorable, "helpful", "no"));

    expectAcks(settled, 2);
    Settlement settlement = steps.settlement();
    assertThat(settlement.rollout().id()).isEqualTo("p#0");
  }

  @Test
  void keepsAScoreThatHasComeWhateverComesAfterIt() {
    beginAt(0);
    for (int k = 0; k < 2; k++) {
      Rollout rollout = rollout("p", k, 0);
      send(rollout);
      send(score(rollout, "helpful", 1));
      send(missing(rollout, "helpful", "changed my mind"));
      send(score(rollout, "harmless", 1));
    }

    assertThat(ids(steps.gradients())).containsExactly("p#0", "p#1");
    assertThat(events.settlements).isEmpty();
  }

  @Test
  void rejectsAScoreWhoseRolloutDoesNotCome() {
    collector = spawn(arrivals(LONG, SHORT));
    beginAt(0);

    send(score(rollout("unknown", 0, 0), "helpful", 1));

    assertThat(settled.receiveMessage().getError())
        .isInstanceOf(RejectedScoreException.class)
        .hasMessageContaining("no rollout unknown#0 with digest");
  }

  @Test
  void showsNoNameThatNoObjectiveHas() {
    beginAt(0);

    send(score(rollout("p", 0, 0), "\u001b[2Jboo", 1));

    assertThat(settled.receiveMessage().getError())
        .isInstanceOf(RejectedScoreException.class)
        .hasMessageContaining("with a name that no objective has")
        .hasMessageNotContaining("boo");
  }

  @Test
  void rejectsAScoreOfAnotherTextUnderTheRolloutsId() {
    collector = spawn(arrivals(LONG, SHORT));
    beginAt(0);
    TestProbe<StatusReply<Done>> other = KIT.createTestProbe();
    Rollout rollout = rollout("p", 0, 0);
    send(rollout);

    collector.tell(
        new GradientCollector.ScoreArrived(
            new Score(rollout.id(), "0000", "helpful", 1), other.ref()));

    assertThat(other.receiveMessage().getError())
        .isInstanceOf(RejectedScoreException.class)
        .hasMessageContaining("digest 0000");
    settled.expectNoMessage();
  }

  @Test
  void holdsAScoreThatIsAheadOfItsRolloutUntilThatIsSettled() {
    beginAt(0);
    Rollout rollout = rollout("p", 0, 0);
    send(score(rollout, "helpful", 1));
    send(rollout);

    settleDown();
    settled.expectNoMessage();
    collector.tell(new GradientCollector.SettlementRead(settlement(rollout)));

    expectAcks(settled, 2);
  }

  @Test
  void takesTheScoresOfWhatIsOnlyWatched() {
    collector =
        spawn(new ScoreArrivals(Set.of("tone"), Set.of("tone"), Map.of("helpful", SHORT), LONG));
    beginAt(0);
    Rollout rollout = rollout("p", 0, 0);

    send(score(rollout, "tone", 0.25));
    send(missing(rollout, "tone", "no"));

    expectAcks(settled, 2);
    events.awaitScored("tone", 0.25);
    assertThat(events.settlements).isEmpty();
  }

  @Test
  void namesAnObjectiveWhoseScoresAreOverdueOnceAndAgainWhenNoneIs() {
    ScoreArrivals arrivals =
        new ScoreArrivals(
            Set.of(), Set.of("helpful"), Map.of("helpful", SHORT, "harmless", LONG), LONG);
    Rollout rollout = rollout("p", 0, 0);

    LoggingTestKit.warn("Objective 'helpful' is overdue: 1 rollouts wait for its scores, p#0")
        .withOccurrences(1)
        .expect(
            KIT.system(),
            () -> {
              collector = spawn(arrivals);
              beginAt(0);
              send(rollout);
              return Done.getInstance();
            });
    Awaited wait = events.awaitAwaited("helpful", awaited -> awaited.rollouts() == 1);
    assertThat(wait.longest()).isPositive();

    LoggingTestKit.info("No rollout waits for a score of objective 'helpful' for longer than 20ms")
        .withOccurrences(1)
        .expect(
            KIT.system(),
            () -> {
              send(score(rollout, "helpful", 1));
              return Done.getInstance();
            });
    assertThat(events.awaitAwaited("helpful", awaited -> awaited.rollouts() == 0).longest())
        .isZero();
    assertThat(events.awaitAwaited("harmless", awaited -> true).rollouts()).isEqualTo(1);
  }

  private ActorRef<GradientCollector.Command> spawn(ScoreArrivals arrivals) {
    return spawn(inTurn(), LONG, QUICK_AT_FIRST, events, arrivals);
  }

  private static ScoreArrivals arrivals(Duration overdueAfter, Duration unmatchedAfter) {
    // Looks are as frequent as the shortest limit of an overdue score asks for.
    return new ScoreArrivals(
        Set.of(), Set.of(), Map.of("helpful", SHORT, "harmless", overdueAfter), unmatchedAfter);
  }

  private static MissingScore missing(Rollout rollout, String objective, String reason) {
    return new MissingScore(rollout.id(), rollout.digest(), objective, reason);
  }

  private static Settlement settlement(Rollout rollout) {
    return new Settlement(RolloutReference.to(rollout), Fate.REFUSED, 0, "for a test");
  }

  private void send(Rollout rollout) {
    collector.tell(new GradientCollector.RolloutArrived(rollout, settled.ref()));
  }

  private void send(ScoreRecord score) {
    collector.tell(new GradientCollector.ScoreArrived(score, settled.ref()));
  }
}
