package io.gapo.actors.optimizer;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.PreRestart;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.BehaviorBuilder;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.StashBuffer;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.pattern.StatusReply;
import io.gapo.actors.optimizer.Announcements.Publication;
import io.gapo.actors.support.Closing;
import io.gapo.actors.support.IdleClock;
import io.gapo.actors.support.Outbox;
import io.gapo.actors.support.Reopening;
import io.gapo.core.flow.Backoff;
import io.gapo.core.flow.VersionAssembly;
import io.gapo.core.flow.VersionAssembly.Verdict;
import io.gapo.core.lineage.AppliedUpdate;
import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.policy.TensorsReleasedException;
import io.gapo.core.port.Failures;
import io.gapo.core.port.NonFiniteGradientException;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.PolicyLearner;
import io.gapo.core.port.SettledHistory;
import io.gapo.core.port.Stage;
import io.gapo.core.port.VersionPublisher;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.step.GradientPart;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Owns the one true copy of the policy: turns gradients into versions, and alone decides what was
 * trained.
 *
 * <p>Protocol: at its start, and after each restart, it restores the newest checkpoint, writes it
 * again under the next epoch and announces its version. {@link InputOffsets} says where to continue
 * reading. Then {@link Apply} brings gradient parts, one at a time. The part that completes a
 * version, one from each collector, makes it: apply, save the checkpoint, announce the lineage,
 * then the version, then answer. Meanwhile further parts wait.
 *
 * <p>No rollout is settled twice: what was settled before the checkpoint, the lineage knows.
 *
 * <p>Every version is saved before it is announced, so a version that anyone has seen is never made
 * a second time from other rollouts. An announcement that fails is repeated until it is durable.
 *
 * <p>A learner that fails, for example because the disk is full, fails the actor: who asked gets
 * the error, and the actor restarts with back-off from the newest checkpoint. The parts given to it
 * since then are read again from the offsets that the checkpoint holds.
 */
public final class Optimizer {

  /** The stage's name. */
  private static final Stage STAGE = Stage.OPTIMIZER;

  private static final int WAITING_PARTS = 1000;

  /** Everything the optimizer understands. */
  public sealed interface Command {}

  /**
   * Asks for the next offset to read of each input topic partition, as {@code
   * topic@topicId-partition}: those of the newest checkpoint. Every part behind them is applied,
   * refused or of another version.
   */
  public record InputOffsets(ActorRef<StatusReply<Map<String, Long>>> replyTo) implements Command {}

  /**
   * Brings one collector's gradient.
   *
   * @param nextOffsets where to continue reading after this part
   */
  public record Apply(
      GradientPart part, Map<String, Long> nextOffsets, ActorRef<StatusReply<Outcome>> replyTo)
      implements Command {
    public Apply {
      nextOffsets = Map.copyOf(nextOffsets);
    }
  }

  /** What became of a part. */
  public sealed interface Outcome {

    /** It made this version, which is durable and announced. */
    record Applied(PolicyVersion version) implements Outcome {}

    /** It waits for the parts of this many other collectors. */
    record Held(int missing) implements Outcome {}

    /** Nothing was done; its rollouts' fate is decided elsewhere. */
    record Ignored(String reason) implements Outcome {}

    /** Its rollouts are settled as refused, and the policy is unchanged. */
    record Refused(String reason) implements Outcome {}
  }

  /** What was posted last is durable. */
  private record Published() implements Command {}

  private record OpenLearner() implements Command {}

  private record Delivery(Outbox.Event event) implements Command {}

  private final ActorContext<Command> context;
  private final StashBuffer<Command> stash;
  private final Outbox<Command> outbox;
  private final PolicyLearner learner;
  private final VersionAssembly assembly;
  private final Announcements announcements;
  private final PipelineListener listener;
  private final IdleClock idleClock;
  private final Clock clock;

  private Optimizer(
      ActorContext<Command> context,
      StashBuffer<Command> stash,
      TimerScheduler<Command> timers,
      OpenedPolicy opened,
      @Nullable String model,
      VersionPublisher publisher,
      Backoff backoff,
      PipelineListener listener,
      Clock clock) {
    this.context = context;
    this.stash = stash;
    this.outbox = new Outbox<>(context, timers, backoff, Delivery::new);
    this.learner = opened.learner();
    this.assembly = new VersionAssembly(opened.settled(), opened.state(), model);
    this.announcements = new Announcements(publisher);
    this.listener = listener;
    this.idleClock = new IdleClock(STAGE, listener);
    this.clock = clock;
  }

  /**
   * An optimizer.
   *
   * @param learners opens the policy, at the start and after each failure
   * @param model that training started from, for the lineage; null if it has no name
   * @param history asked each time
   * @param backoff between restarts and between attempts to publish
   * @param clock dates the versions
   */
  public static Behavior<Command> create(
      Supplier<? extends PolicyLearner> learners,
      @Nullable String model,
      SettledHistory history,
      VersionPublisher publisher,
      Backoff backoff,
      PipelineListener listener,
      Clock clock) {
    return Reopening.create(
        Optimizer.class,
        () -> OpenedPolicy.of(learners.get(), history),
        opened ->
            Behaviors.withStash(
                WAITING_PARTS,
                stash ->
                    Behaviors.withTimers(
                        timers ->
                            Behaviors.setup(
                                context ->
                                    new Optimizer(
                                            context, stash, timers, opened, model, publisher,
                                            backoff, listener, clock)
                                        .announcing(opened)))),
        backoff,
        new OpenLearner());
  }

  /** The newest version is announced again, since the one before may have failed to. */
  private Behavior<Command> announcing(OpenedPolicy opened) {
    CheckpointState state = opened.state();
    context.getLog().info("Optimizer epoch {} starts from {}", state.epoch(), state.version());
    return publishing(announcements.version(state, opened.tensors()), this::collecting);
  }

  /** Parts come in. */
  private Behavior<Command> collecting() {
    return receive().onMessage(Apply.class, this::apply).build();
  }

  /** Publishes one after the other, then continues with {@code next}; parts wait. */
  private Behavior<Command> publishing(
      List<Publication> publications, Supplier<Behavior<Command>> next) {
    if (publications.isEmpty()) {
      return stash.unstashAll(next.get());
    }
    Publication first = publications.get(0);
    outbox.post(first.what(), first.send(), () -> context.getSelf().tell(new Published()));
    return receive()
        .onMessage(Apply.class, this::stash)
        .onMessage(
            Published.class,
            message -> publishing(publications.subList(1, publications.size()), next))
        .build();
  }

  private BehaviorBuilder<Command> receive() {
    return Behaviors.receive(Command.class)
        .onMessage(InputOffsets.class, this::tellOffsets)
        .onMessage(Delivery.class, this::deliver)
        .onSignal(PreRestart.class, signal -> close())
        .onSignal(PostStop.class, signal -> close());
  }

  private Behavior<Command> tellOffsets(InputOffsets message) {
    message.replyTo().tell(StatusReply.success(assembly.saved().inputOffsets()));
    return Behaviors.same();
  }

  private Behavior<Command> deliver(Delivery message) {
    outbox.on(message.event());
    return Behaviors.same();
  }

  private Behavior<Command> stash(Apply message) {
    if (stash.isFull()) {
      message.replyTo().tell(StatusReply.error("too many gradient parts wait for the optimizer"));
    } else {
      stash.stash(message);
    }
    return Behaviors.same();
  }

  private Behavior<Command> apply(Apply message) {
    try {
      Verdict verdict = assembly.add(message.part(), message.nextOffsets());
      if (verdict instanceof Verdict.Complete complete) {
        return makeVersion(complete.parts(), message.replyTo());
      } else if (verdict instanceof Verdict.Refused refused) {
        return refuse(List.of(message.part()), refused.reason(), message.replyTo());
      } else if (verdict instanceof Verdict.Ignored ignored) {
        return ignore(ignored.reason(), message.replyTo());
      } else if (verdict instanceof Verdict.Held held) {
        message.replyTo().tell(StatusReply.success(new Outcome.Held(held.missing())));
      }
      return Behaviors.same();
    } catch (RuntimeException e) {
      // Whoever asked must be told before supervision restarts this actor.
      message.replyTo().tell(StatusReply.error(e));
      throw e;
    }
  }

  private Behavior<Command> makeVersion(
      List<GradientPart> parts, ActorRef<StatusReply<Outcome>> replyTo) {
    AppliedUpdate update;
    try {
      update =
          idleClock.call(
              "apply", () -> learner.apply(parts.stream().map(GradientPart::gradient).toList()));
    } catch (NonFiniteGradientException e) {
      return refuse(parts, Failures.reason(e), replyTo);
    } catch (TensorsReleasedException e) {
      // Its collector has made a newer one, which comes next.
      assembly.dropHeld();
      return ignore(Failures.reason(e), replyTo);
    } catch (IllegalArgumentException e) {
      // Not this policy's gradient: its collector is set up otherwise. Its rollouts are blameless.
      assembly.dropHeld();
      return ignore("not a gradient of this policy: " + Failures.reason(e), replyTo);
    }
    CheckpointState state =
        assembly.complete(update, idleClock.lastWork().toNanos() / 1e9, clock.instant());
    idleClock.run("checkpoint", () -> learner.save(state));
    return publishing(
        announcements.version(state, learner.tensors()),
        () -> {
          context.getLog().info("Made {}", state.version());
          state.lineage().ifPresent(listener::versionMade);
          replyTo.tell(StatusReply.success(new Outcome.Applied(state.version())));
          return collecting();
        });
  }

  private Behavior<Command> ignore(String reason, ActorRef<StatusReply<Outcome>> replyTo) {
    context.getLog().warn("Ignored a gradient part: {}", reason);
    replyTo.tell(StatusReply.success(new Outcome.Ignored(reason)));
    return Behaviors.same();
  }

  private Behavior<Command> refuse(
      List<GradientPart> parts, String reason, ActorRef<StatusReply<Outcome>> replyTo) {
    context.getLog().warn("Refused {}: {}", parts.get(0).step(), reason);
    listener.stepRefused(reason);
    long version = assembly.saved().version().number();
    List<RolloutReference> refused = assembly.refuse(parts);
    return publishing(
        announcements.refusal(refused, version, reason),
        () -> {
          for (RolloutReference rollout : refused) {
            listener.settled(new Settlement(rollout, Fate.REFUSED, version, reason));
          }
          replyTo.tell(StatusReply.success(new Outcome.Refused(reason)));
          return collecting();
        });
  }

  private Behavior<Command> close() {
    stash.forEach(
        waiting -> {
          if (waiting instanceof Apply apply) {
            apply.replyTo().tell(StatusReply.error("the optimizer was stopped"));
          }
        });
    Closing.close(learner, context.getLog());
    return Behaviors.same();
  }
}
