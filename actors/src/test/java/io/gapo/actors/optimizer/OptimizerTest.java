package io.gapo.actors.optimizer;

import static io.gapo.actors.Examples.rollout;
import static io.gapo.actors.Examples.statistics;
import static io.gapo.actors.Examples.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import io.gapo.actors.Examples;
import io.gapo.actors.FailsAtPhases;
import io.gapo.actors.RecordedEvents;
import io.gapo.actors.optimizer.Optimizer.Outcome;
import io.gapo.actors.optimizer.VersionsUnderOurControl.Refusal;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.SettledHistory;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.SettledRollouts;
import io.gapo.core.step.BatchUnion;
import io.gapo.core.step.GradientPart;
import io.gapo.core.step.StepId;
import io.gapo.core.step.UpdateDirection;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class OptimizerTest {

  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final String MODEL = "org/name@commit";
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final List<NamedTensor> GRADIENT = List.of(tensor(1));
  private static final List<NamedTensor> NOT_FINITE = List.of(LearnerOnDisk.NOT_FINITE);
  private static final List<NamedTensor> GONE = List.of(LearnerOnDisk.GONE);
  private static final List<NamedTensor> FOREIGN = List.of();

  private final LearnerOnDisk.Disk disk = new LearnerOnDisk.Disk();
  private final VersionsUnderOurControl publisher = new VersionsUnderOurControl();
  private final RecordedEvents events = new RecordedEvents();

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @Test
  void announcesTheInitialPolicyOnceItsEpochIsSaved() {
    offsets(spawn());

    assertThat(disk.newest().version()).isEqualTo(PolicyVersion.INITIAL);
    assertThat(disk.newest().epoch()).isEqualTo(1);
    assertThat(publisher.published)
        .containsExactly(new PolicySnapshot(PolicyVersion.INITIAL, 1, List.of(tensor(0))));
  }

  @Test
  void makesAVersionOfAPart() {
    ActorRef<Optimizer.Command> optimizer = spawn();

    Outcome outcome = apply(optimizer, part(0, "a", GRADIENT, "p"), 1).getValue();

    assertThat(outcome).isEqualTo(new Outcome.Applied(new PolicyVersion(1)));
    assertThat(disk.newest().inputOffsets()).isEqualTo(Map.of("gradients-0", 1L));
    assertThat(lastLineage().rollouts()).extracting(RolloutReference::id).containsExactly("p#0");
    assertThat(lastLineage().appliedAt()).isEqualTo(NOW);
    assertThat(lastLineage().model()).isEqualTo(MODEL);
    assertThat(lastLineage().statistics().phaseSeconds()).containsKey("apply");
    assertThat(publisher.published)
        .endsWith(lastLineage(), new PolicySnapshot(new PolicyVersion(1), 1, List.of(tensor(1))));
    assertThat(events.versions).containsExactly(lastLineage());
    assertThat(events.phases).contains("optimizer/apply", "optimizer/checkpoint");
  }

  @Test
  void takesNoPartUntilTheVersionBeforeIsAnnounced() {
    ActorRef<Optimizer.Command> optimizer = spawn();
    offsets(optimizer);
    publisher.hold();
    TestProbe<StatusReply<Outcome>> first = tell(optimizer, part(0, "a", GRADIENT, "p"), 1);
    TestProbe<StatusReply<Outcome>> second = tell(optimizer, part(1, "a", GRADIENT, "q"), 2);

    publisher.release();
    offsets(optimizer);
    assertThat(disk.newest().version()).isEqualTo(new PolicyVersion(1));
    publisher.release();
    assertThat(first.receiveMessage().getValue())
        .isEqualTo(new Outcome.Applied(new PolicyVersion(1)));
    publisher.release();
    publisher.release();

    assertThat(second.receiveMessage().getValue())
        .isEqualTo(new Outcome.Applied(new PolicyVersion(2)));
  }

  @Test
  void tellsWhereToGoOnReadingWhileItAnnounces() {
    publisher.hold();
    ActorRef<Optimizer.Command> optimizer = spawn();

    assertThat(offsets(optimizer)).isEmpty();
  }

  @Test
  void repeatsAnAnnouncementUntilItIsDurable() {
    publisher.failNext(3);
    ActorRef<Optimizer.Command> optimizer = spawn();
    assertThat(apply(optimizer, part(0, "a", GRADIENT, "p"), 1).isSuccess()).isTrue();

    publisher.failNext(3);
    apply(optimizer, part(1, "a", GRADIENT, "q"), 2);

    assertThat(publisher.published)
        .extracting(Object::getClass)
        .containsExactly(
            PolicySnapshot.class,
            VersionLineage.class,
            PolicySnapshot.class,
            VersionLineage.class,
            PolicySnapshot.class);
  }

  @Test
  void waitsForOnePartOfEachCollector() {
    ActorRef<Optimizer.Command> optimizer = spawn();

    Outcome first = apply(optimizer, ofPair(0, "a", GRADIENT, "p"), 1).getValue();
    assertThat(offsets(optimizer)).isEmpty();
    Outcome second = apply(optimizer, ofPair(0, "b", GRADIENT, "q"), 2).getValue();

    assertThat(first).isEqualTo(new Outcome.Held(1));
    assertThat(second).isEqualTo(new Outcome.Applied(new PolicyVersion(1)));
    assertThat(disk.weight()).isEqualTo(2);
    assertThat(offsets(optimizer)).isEqualTo(Map.of("gradients-0", 2L));
  }

  @Test
  void readsAPartThatWaitedAgainAfterARestart() {
    ActorRef<Optimizer.Command> optimizer = spawn();
    apply(optimizer, ofPair(0, "a", GRADIENT, "p"), 1);

    KIT.stop(optimizer);
    ActorRef<Optimizer.Command> next = spawn();

    assertThat(offsets(next)).isEmpty();
    assertThat(apply(next, ofPair(0, "a", GRADIENT, "p"), 1).getValue())
        .isEqualTo(new Outcome.Held(1));
  }

  @Test
  void ignoresAPartOfAnotherVersion() {
    ActorRef<Optimizer.Command> optimizer = spawn();
    apply(optimizer, part(0, "a", GRADIENT, "p"), 1);

    Outcome outcome = apply(optimizer, part(0, "a", GRADIENT, "q"), 2).getValue();

    assertThat(outcome).isInstanceOf(Outcome.Ignored.class);
    assertThat(disk.weight()).isEqualTo(1);
  }

  @Test
  void refusesAGradientThatIsNotFiniteAndKeepsTheWeights() {
    ActorRef<Optimizer.Command> optimizer = spawn();
    apply(optimizer, ofPair(0, "a", GRADIENT, "p"), 1);

    Outcome outcome = apply(optimizer, ofPair(0, "b", NOT_FINITE, "q"), 2).getValue();

    String reason = "the gradient of w is not finite";
    assertThat(outcome).isEqualTo(new Outcome.Refused(reason));
    assertThat(publisher.published).endsWith(new Refusal(List.of("p#0", "q#0"), 0, reason));
    assertThat(events.refusals).containsExactly(reason);
    assertThat(events.settledIds()).containsExactly("p#0", "q#0");
    assertThat(disk.newest().version()).isEqualTo(PolicyVersion.INITIAL);
    apply(optimizer, ofPair(0, "a", GRADIENT, "r"), 3);
    assertThat(apply(optimizer, ofPair(0, "b", GRADIENT, "s"), 4).getValue())
        .isEqualTo(new Outcome.Applied(new PolicyVersion(1)));
  }

  @Test
  void refusesARolloutThatWasTrainedOnBefore() {
    ActorRef<Optimizer.Command> optimizer = spawn();
    apply(optimizer, part(0, "a", GRADIENT, "p"), 1);

    Outcome outcome = apply(optimizer, part(1, "a", GRADIENT, "p", "q"), 2).getValue();

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(((Refusal) lastPublished()).rolloutIds()).containsExactly("q#0");
    assertThat(disk.weight()).isEqualTo(1);
  }

  @Test
  void settlesTheRolloutsOfARefusedPartOnceHoweverOftenItComes() {
    ActorRef<Optimizer.Command> optimizer = spawn();
    apply(optimizer, part(0, "a", NOT_FINITE, "p"), 1);
    publisher.published.clear();

    Outcome again = apply(optimizer, part(0, "a", NOT_FINITE, "p"), 2).getValue();

    assertThat(again).isInstanceOf(Outcome.Refused.class);
    assertThat(publisher.published).isEmpty();
    assertThat(events.settledIds()).containsExactly("p#0");
  }

  @Test
  void trainsOnNothingThatTheLineageSettledBeforeItStarted() {
    ActorRef<Optimizer.Command> first = spawn();
    apply(first, part(0, "a", NOT_FINITE, "refused"), 1);
    apply(first, part(0, "a", GRADIENT, "trained"), 2);
    apply(first, part(1, "a", GRADIENT, "newest"), 3);
    KIT.stop(first);

    ActorRef<Optimizer.Command> again = spawn();
    for (String settled : List.of("refused", "trained", "newest")) {
      assertThat(apply(again, part(2, "a", GRADIENT, settled), 4).getValue())
          .isInstanceOf(Outcome.Refused.class);
    }

    assertThat(apply(again, part(2, "a", GRADIENT, "p"), 5).getValue())
        .isEqualTo(new Outcome.Applied(new PolicyVersion(3)));
    assertThat(events.settledIds()).containsExactly("refused#0");
  }

  @Test
  void opensAgainWithoutAFurtherEpochWhenTheLineageCannotBeRead() {
    Queue<RuntimeException> failures =
        new ArrayDeque<>(List.of(new IllegalStateException("no broker answers")));
    SettledHistory history =
        version -> {
          if (!failures.isEmpty()) {
            throw failures.remove();
          }
          return settledUpTo(version);
        };

    ActorRef<Optimizer.Command> optimizer = spawn(history, disk, events);

    assertThat(apply(optimizer, part(0, "a", GRADIENT, "p"), 1).getValue())
        .isEqualTo(new Outcome.Applied(new PolicyVersion(1)));
    assertThat(disk.newest().epoch()).isEqualTo(1);
  }

  @Test
  void makesAVersionAgainOfTheSameRolloutsAfterFallingBackToAnOlderCheckpoint() {
    ActorRef<Optimizer.Command> first = spawn();
    apply(first, part(0, "a", GRADIENT, "p"), 1);
    KIT.stop(first);

    ActorRef<Optimizer.Command> fallenBack =
        spawn(this::settledUpTo, new LearnerOnDisk.Disk(), events);

    assertThat(apply(fallenBack, part(0, "a", GRADIENT, "p"), 1).getValue())
        .isEqualTo(new Outcome.Applied(new PolicyVersion(1)));
    assertThat(lastLineage().rollouts()).extracting(RolloutReference::id).containsExactly("p#0");
  }

  @Test
  void ignoresTheGradientOfAnotherPolicy() {
    ActorRef<Optimizer.Command> optimizer = spawn();

    Outcome outcome = apply(optimizer, part(0, "a", FOREIGN, "p"), 1).getValue();

    assertThat(outcome)
        .isEqualTo(new Outcome.Ignored("not a gradient of this policy: tensor w is missing"));
    assertThat(apply(optimizer, part(0, "a", GRADIENT, "p"), 2).getValue())
        .isEqualTo(new Outcome.Applied(new PolicyVersion(1)));
  }

  @Test
  void ignoresAGradientThatWasLentAndIsGone() {
    ActorRef<Optimizer.Command> optimizer = spawn();

    Outcome outcome = apply(optimizer, part(0, "a", GONE, "p"), 1).getValue();

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Ignored.class,
            ignored -> assertThat(ignored.reason()).startsWith("the gradients were lent"));
    assertThat(apply(optimizer, part(0, "a", GRADIENT, "p"), 2).getValue())
        .isEqualTo(new Outcome.Applied(new PolicyVersion(1)));
  }

  @Test
  void startsTheNextEpochFromTheNewestCheckpoint() {
    ActorRef<Optimizer.Command> optimizer = spawn();
    apply(optimizer, part(0, "a", GRADIENT, "p"), 7);
    VersionLineage lineage = lastLineage();
    KIT.stop(optimizer);
    publisher.published.clear();

    ActorRef<Optimizer.Command> next = spawn();

    assertThat(offsets(next)).isEqualTo(Map.of("gradients-0", 7L));
    assertThat(apply(next, part(1, "a", GRADIENT, "p"), 8).getValue())
        .isInstanceOf(Outcome.Refused.class);
    assertThat(publisher.published)
        .startsWith(lineage, new PolicySnapshot(new PolicyVersion(1), 2, List.of(tensor(1))));
    assertThat(disk.newest().epoch()).isEqualTo(2);
  }

  @Test
  void failsLoudlyWhenTheCheckpointCannotBeWrittenAndStartsFromTheOneBefore() {
    ActorRef<Optimizer.Command> optimizer = spawn();
    apply(optimizer, part(0, "a", GRADIENT, "p"), 1);

    disk.failNextWrite();
    Throwable error = apply(optimizer, part(1, "a", GRADIENT, "q"), 2).getError();

    assertThat(error).hasMessage("no space left on device");
    assertThat(offsets(optimizer)).isEqualTo(Map.of("gradients-0", 1L));
    assertThat(apply(optimizer, part(1, "a", GRADIENT, "q"), 2).getValue())
        .isEqualTo(new Outcome.Applied(new PolicyVersion(2)));
    assertThat(disk.weight()).isEqualTo(2);
    assertThat(disk.newest().epoch()).isEqualTo(2);
  }

  @Test
  void triesAgainWhenItsFirstCheckpointCannotBeWritten() {
    disk.failNextWrite();
    disk.failNextWrite();

    assertThat(offsets(spawn())).isEmpty();
    assertThat(disk.states()).hasSize(1);
  }

  @Test
  void tellsWhoWaitsWhenItIsStopped() {
    publisher.hold();
    ActorRef<Optimizer.Command> optimizer = spawn();
    TestProbe<StatusReply<Outcome>> waiting = tell(optimizer, part(0, "a", GRADIENT, "p"), 1);
    offsets(optimizer);

    KIT.stop(optimizer);

    assertThat(waiting.receiveMessage().getError()).hasMessageContaining("stopped");
    assertThat(disk.isLocked()).isFalse();
  }

  @Test
  void doesNotCallAPartForeignWhoseApplicationAListenerCannotTime() {
    ActorRef<Optimizer.Command> optimizer = spawn(new FailsAtPhases("apply"));

    StatusReply<Outcome> reply = apply(optimizer, part(0, "a", GRADIENT, "p"), 1);

    assertThat(reply.getError()).hasMessageEndingWith("cannot time apply");
    offsets(optimizer);
    assertThat(disk.weight()).isZero();
    assertThat(disk.newest().epoch()).isEqualTo(2);
  }

  private ActorRef<Optimizer.Command> spawn() {
    return spawn(events);
  }

  private ActorRef<Optimizer.Command> spawn(PipelineListener listener) {
    return spawn(this::settledUpTo, disk, listener);
  }

  private ActorRef<Optimizer.Command> spawn(
      SettledHistory history, LearnerOnDisk.Disk checkpoints, PipelineListener listener) {
    return KIT.spawn(
        Optimizer.create(
            () -> new LearnerOnDisk(checkpoints),
            MODEL,
            history,
            publisher,
            Examples.QUICK,
            listener,
            Clock.fixed(NOW, ZoneOffset.UTC)));
  }

  /** The rollouts that the published lineage settles. */
  private SettledRollouts settledUpTo(PolicyVersion version) {
    SettledRollouts settled = new SettledRollouts();
    for (Object each : publisher.published) {
      if (each instanceof Refusal refusal) {
        refusal.rolloutIds().forEach(settled::add);
      } else if (each instanceof VersionLineage lineage
          && lineage.version().compareTo(version) <= 0) {
        lineage.rollouts().forEach(rollout -> settled.add(rollout.id()));
      }
    }
    return settled;
  }

  private static GradientPart part(
      long version, String collector, List<NamedTensor> gradient, String... promptIds) {
    Rollout[] rollouts =
        List.of(promptIds).stream().map(id -> rollout(id, 0, version)).toArray(Rollout[]::new);
    StepId step = new StepId(new PolicyVersion(version), 0, collector);
    return new GradientPart(
        Examples.direction(step),
        statistics(rollouts.length),
        Examples.references(rollouts),
        gradient);
  }

  /** The part of one of two collectors that make a version together. */
  private static GradientPart ofPair(
      long version, String collector, List<NamedTensor> gradient, String... promptIds) {
    GradientPart alone = part(version, collector, gradient, promptIds);
    UpdateDirection direction = alone.direction();
    return new GradientPart(
        new UpdateDirection(
            direction.step(),
            direction.combination(),
            direction.klWeight(),
            direction.gram(),
            null,
            new BatchUnion(Examples.GRAM, 2, 2, 18)),
        alone.statistics(),
        alone.rollouts(),
        gradient);
  }

  private static StatusReply<Outcome> apply(
      ActorRef<Optimizer.Command> optimizer, GradientPart part, long nextOffset) {
    return tell(optimizer, part, nextOffset).receiveMessage();
  }

  private static TestProbe<StatusReply<Outcome>> tell(
      ActorRef<Optimizer.Command> optimizer, GradientPart part, long nextOffset) {
    TestProbe<StatusReply<Outcome>> asker = KIT.createTestProbe();
    optimizer.tell(new Optimizer.Apply(part, Map.of("gradients-0", nextOffset), asker.ref()));
    return asker;
  }

  private static Map<String, Long> offsets(ActorRef<Optimizer.Command> optimizer) {
    TestProbe<StatusReply<Map<String, Long>>> asker = KIT.createTestProbe();
    optimizer.tell(new Optimizer.InputOffsets(asker.ref()));
    return asker.receiveMessage().getValue();
  }

  private VersionLineage lastLineage() {
    return disk.newest().lineage().orElseThrow();
  }

  private Object lastPublished() {
    List<Object> all = List.copyOf(publisher.published);
    return all.get(all.size() - 1);
  }
}
