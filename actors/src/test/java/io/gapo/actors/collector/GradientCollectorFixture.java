package io.gapo.actors.collector;

import static io.gapo.actors.Examples.OBJECTIVES;
import static io.gapo.actors.Examples.direction;
import static io.gapo.actors.Examples.rollout;
import static io.gapo.actors.Examples.score;
import static io.gapo.actors.Examples.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import io.gapo.actors.RecordedEvents;
import io.gapo.actors.StepsUnderOurControl;
import io.gapo.core.flow.Backoff;
import io.gapo.core.flow.StalenessLimit;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.PolicyGradients;
import io.gapo.core.ppo.KlTarget;
import io.gapo.core.ppo.ScoreNormaliser;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.step.ObjectiveGradients;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;

/**
 * A gradient collector whose model, topics and events the test controls: two objectives, two
 * samples a prompt, batches of two, one version of staleness.
 */
abstract class GradientCollectorFixture {

  static final Duration LONG = Duration.ofMinutes(1);

  /** The first pauses are short; the longest, which tests should not have to wait for, is not. */
  static final Backoff QUICK_AT_FIRST = new Backoff(Duration.ofMillis(1), LONG);

  static final int ATTEMPTS = 2;

  static final List<ScoreNormaliser> NORMALISERS =
      List.of(ScoreNormaliser.none(), ScoreNormaliser.none());

  /** Nothing is overdue while a test runs. */
  static final ScoreArrivals NOT_AWAITED = ScoreArrivals.fromStages(OBJECTIVES, LONG, LONG);

  final GradientsUnderOurControl model = new GradientsUnderOurControl();
  final GradientsUnderOurControl nextModel = new GradientsUnderOurControl();
  final StepsUnderOurControl steps = new StepsUnderOurControl();
  final RecordedEvents events = new RecordedEvents();
  final ActorTestKit kit;
  final TestProbe<StatusReply<Done>> acks;
  ActorRef<GradientCollector.Command> collector;

  GradientCollectorFixture(ActorTestKit kit) {
    this.kit = kit;
    this.acks = kit.createTestProbe();
    this.collector = kit.system().ignoreRef();
  }

  @BeforeEach
  void start() {
    collector = spawn(LONG, QUICK_AT_FIRST);
  }

  Supplier<PolicyGradients> inTurn() {
    Queue<GradientsUnderOurControl> supply =
        new ArrayDeque<>(List.of(model, nextModel, new GradientsUnderOurControl()));
    return supply::remove;
  }

  ActorRef<GradientCollector.Command> spawn(Duration patience, Backoff backoff) {
    return spawn(inTurn(), patience, backoff);
  }

  ActorRef<GradientCollector.Command> spawn(
      Supplier<PolicyGradients> models, Duration patience, Backoff backoff) {
    return spawn(models, patience, backoff, events);
  }

  ActorRef<GradientCollector.Command> spawn(
      Supplier<PolicyGradients> models,
      Duration patience,
      Backoff backoff,
      PipelineListener listener) {
    return spawn(models, patience, backoff, listener, NOT_AWAITED);
  }

  ActorRef<GradientCollector.Command> spawn(
      Supplier<PolicyGradients> models,
      Duration patience,
      Backoff backoff,
      PipelineListener listener,
      ScoreArrivals scores) {
    return kit.spawn(
        GradientCollector.create(
            models, steps, settings(Optional.empty(), patience, scores, backoff), listener));
  }

  /** A collector whose penalty is adapted. */
  ActorRef<GradientCollector.Command> spawnHolding(KlTarget target) {
    return kit.spawn(
        GradientCollector.create(
            inTurn(),
            steps,
            settings(Optional.of(target), LONG, NOT_AWAITED, QUICK_AT_FIRST),
            events));
  }

  private static CollectorSettings settings(
      Optional<KlTarget> target, Duration patience, ScoreArrivals scores, Backoff backoff) {
    return new CollectorSettings(
        "collector-0",
        OBJECTIVES,
        NORMALISERS,
        target,
        2,
        2,
        new StalenessLimit(1),
        ATTEMPTS,
        patience,
        Optional.empty(),
        scores,
        backoff,
        false);
  }

  /** Reads this history, and adopts version {@code version} of optimizer epoch 1. */
  void beginAt(long version, VersionLineage... history) {
    for (VersionLineage lineage : history) {
      read(lineage);
    }
    collector.tell(new GradientCollector.LineageCaughtUp());
    adopt(snapshot(version, 1));
  }

  void adopt(PolicySnapshot snapshot) {
    collector.tell(new GradientCollector.Adopt(snapshot, acks.ref()));
    assertThat(acks.receiveMessage().getValue()).isEqualTo(Done.getInstance());
  }

  void read(VersionLineage lineage) {
    collector.tell(new GradientCollector.VersionLineageRead(lineage));
  }

  void answer(ObjectiveGradients gradients) {
    collector.tell(new GradientCollector.DirectionArrived(direction(gradients.step())));
  }

  /** Both samples of a prompt with both scores: six records whose fate the probe is told. */
  TestProbe<StatusReply<Done>> complete(String promptId, long version) {
    TestProbe<StatusReply<Done>> settled = kit.createTestProbe();
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

  static void expectAcks(TestProbe<StatusReply<Done>> settled, int count) {
    assertThat(settled.receiveSeveralMessages(count)).containsOnly(StatusReply.ack());
  }

  /** Returns when the collector has handled everything sent so far. */
  void settleDown() {
    TestProbe<StatusReply<Done>> barrier = kit.createTestProbe();
    collector.tell(
        new GradientCollector.ScoreArrived(
            score(rollout("barrier", 0, 0), "unknown", 0), barrier.ref()));
    assertThat(barrier.receiveMessage().isError()).isTrue();
  }

  static List<String> ids(ObjectiveGradients gradients) {
    return gradients.rollouts().stream().map(RolloutReference::id).toList();
  }
}
