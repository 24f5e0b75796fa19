package io.gapo.actors.collector;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.pattern.StatusReply;
import io.gapo.actors.support.IdleClock;
import io.gapo.actors.support.Outbox;
import io.gapo.core.flow.VersionGate;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.PolicyGradients;
import io.gapo.core.port.StepPublisher;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.Score;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.UpdateDirection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Joins rollouts with their scores, and turns batches of them into gradients.
 *
 * <p>Protocol, per policy version:
 *
 * <ol>
 *   <li>Joining: {@link RolloutArrived} and {@link ScoreArrived} come at any time and are
 *       acknowledged when their rollout is settled, that is when the lineage says so, or when this
 *       actor's own settlement is durable.
 *   <li>Measuring, once the version was {@linkplain Adopt adopted}, its lineage was {@linkplain
 *       VersionLineageRead read} and there are enough whole prompts: over-age rollouts are settled
 *       as stale, the batch is measured, its objective gradients are published.
 *   <li>Awaiting the direction: {@link DirectionArrived} of exactly this step and measurement
 *       brings the weights; one backward pass, and the gradient part is published.
 *   <li>Awaiting the version: the lineage of the next version says which rollouts it was made from.
 *       Rollouts of this actor's batch that it does not name wait again. That happens after a
 *       restart, when the optimizer used the part from before.
 * </ol>
 *
 * <p>Several collectors make a version together: whoever has a whole batch measures it, which calls
 * the others; they add what they have within a while, or say that they have nothing. The direction
 * is of the union of their batches, and is decided again, with another one's new batch, when that
 * collector restarted or had to refuse its batch. A collector that differentiated its batch already
 * does so again.
 *
 * <p>A batch with an objective that is not finite is settled as refused here; one whose gradient
 * the optimizer refuses, by {@link SettlementRead}; both are followed by the next attempt to
 * improve the same version.
 *
 * <p>Nothing is lost silently: what cannot be published is published again; when an answer does not
 * come in time, the message that asks for it is sent again, with a warning, which its receivers
 * recognize; a model that fails is made anew, and a batch on which it fails too often is refused.
 *
 * <p>The actor is not restarted: its memory is rebuilt from the topics when the process starts. If
 * it ends, all who wait for it get an error.
 */
public final class GradientCollector extends AbstractBehavior<GradientCollector.Command> {

  /** The stage's name. */
  public static final String STAGE = "gradient-collector";

  /** Everything the collector understands. */
  public sealed interface Command {}

  /** A rollout to be joined; {@code settledTo} is told when its fate is durable. */
  public record RolloutArrived(Rollout rollout, ActorRef<StatusReply<Done>> settledTo)
      implements Command {}

  /** A score to be joined; {@code settledTo} is told when the fate of its rollout is durable. */
  public record ScoreArrived(Score score, ActorRef<StatusReply<Done>> settledTo)
      implements Command {}

  /**
   * Improves this version from now on. Acknowledged; what does not supersede the snapshot in use is
   * acknowledged and ignored.
   */
  public record Adopt(PolicySnapshot snapshot, ActorRef<StatusReply<Done>> replyTo)
      implements Command {}

  /** The lineage's next version, in the order in which the lineage was written. */
  public record VersionLineageRead(VersionLineage lineage) implements Command {}

  /** The lineage's next settlement, in the order in which the lineage was written. */
  public record SettlementRead(Settlement settlement) implements Command {}

  /** The lineage that was written before this process started has been read to its end. */
  public record LineageCaughtUp() implements Command {}

  /** A step's direction; one that is not awaited is ignored. */
  public record DirectionArrived(UpdateDirection direction) implements Command {}

  /**
   * What a collector has contributed: a call to contribute to the same version, if it was another
   * one and had rollouts.
   */
  public record ContributionHeard(ObjectiveGradients gradients) implements Command {}

  /** This actor's own settlement is durable. */
  private record Settled(Settlement settlement) implements Command {}

  private record RefusalsOverdue() implements Command {}

  /** A whole batch did not come in time. */
  private record ShortOfRollouts() implements Command {}

  /** The others know that there is nothing to wait for. */
  private record Abstained() implements Command {}

  private record MakeModel() implements Command {}

  private record Delivery(Outbox.Event<Command> event) implements Command {}

  private record AnswerNotice(PendingAnswer.Notice notice) implements Command {}

  private final CollectorSettings settings;
  private final Outbox<Command> outbox;
  private final PendingAnswer<Command> answer;
  private final GradientModel model;
  private final PendingRollouts pending;
  private final SettlementPublisher settlements;
  private final StepComputation computation;
  private final VersionGate gate = new VersionGate();
  private final VersionFollower versions;
  private final ContributionCall call;
  private final NextBatch nextBatch;
  private final Set<String> unknownObjectives = new HashSet<>();

  private GradientCollector(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Supplier<? extends PolicyGradients> models,
      StepPublisher publisher,
      CollectorSettings settings,
      PipelineListener listener) {
    super(context);
    this.settings = settings;
    IdleClock clock = new IdleClock(STAGE, listener);
    this.outbox = new Outbox<>(context, timers, settings.backoff(), Delivery::new);
    this.answer =
        new PendingAnswer<>(
            context, timers, outbox, publisher, settings.patience(), AnswerNotice::new);
    this.model =
        new GradientModel(
            models,
            clock,
            settings.backoff(),
            pause -> timers.startSingleTimer(new MakeModel(), pause),
            context.getLog());
    this.pending = new PendingRollouts(settings);
    this.settlements =
        new SettlementPublisher(context, outbox, publisher, pending, listener, Settled::new);
    this.computation =
        new StepComputation(
            model, clock, answer, pending, settings.batchAttempts(), settlements::refuse);
    this.versions =
        new VersionFollower(
            context,
            gate,
            model,
            pending,
            computation,
            listener,
            () -> timers.startSingleTimer(new RefusalsOverdue(), settings.backoff().max()));
    this.call =
        new ContributionCall(
            timers, outbox, publisher, settings, new ShortOfRollouts(), new Abstained());
    this.nextBatch =
        new NextBatch(
            settings.collector(), gate, model, pending, settlements, computation, versions, call);
    model.make(gate.adopted());
  }

  /**
   * A gradient collector.
   *
   * @param models makes the differentiable policy, at the start and after failures
   */
  public static Behavior<Command> create(
      Supplier<? extends PolicyGradients> models,
      StepPublisher publisher,
      CollectorSettings settings,
      PipelineListener listener) {
    return Behaviors.withTimers(
        timers ->
            Behaviors.setup(
                context ->
                    new GradientCollector(context, timers, models, publisher, settings, listener)));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(RolloutArrived.class, this::rolloutArrived)
        .onMessage(ScoreArrived.class, this::scoreArrived)
        .onMessage(Adopt.class, this::adopt)
        .onMessage(
            VersionLineageRead.class, message -> then(() -> versions.read(message.lineage())))
        .onMessage(SettlementRead.class, message -> then(() -> versions.read(message.settlement())))
        .onMessage(LineageCaughtUp.class, message -> then(gate::historyRead))
        .onMessage(
            DirectionArrived.class, message -> then(() -> computation.follow(message.direction())))
        .onMessage(ContributionHeard.class, message -> then(() -> call.hear(message.gradients())))
        .onMessage(Settled.class, message -> then(() -> settlements.durable(message.settlement())))
        .onMessage(RefusalsOverdue.class, message -> then(versions::awaitNoRefusals))
        .onMessage(ShortOfRollouts.class, message -> then(nextBatch::measureShort))
        .onMessage(Abstained.class, message -> this)
        .onMessage(MakeModel.class, message -> then(() -> model.make(gate.adopted())))
        .onMessage(Delivery.class, this::deliver)
        .onMessage(AnswerNotice.class, this::answerNotice)
        .onSignal(PostStop.class, signal -> close())
        .build();
  }

  /** Every change may be what the next batch waited for. */
  private Behavior<Command> then(Runnable change) {
    change.run();
    nextBatch.measureIfPossible();
    return this;
  }

  private Behavior<Command> rolloutArrived(RolloutArrived message) {
    return then(() -> pending.add(message.rollout(), message.settledTo()));
  }

  private Behavior<Command> scoreArrived(ScoreArrived message) {
    boolean isKnown = pending.add(message.score(), message.settledTo());
    String objective = message.score().objective();
    if (!isKnown && unknownObjectives.add(objective)) {
      getContext()
          .getLog()
          .warn(
              "Scores of objective '{}' are ignored: this run has {}",
              objective,
              settings.objectives());
    }
    nextBatch.measureIfPossible();
    return this;
  }

  private Behavior<Command> adopt(Adopt message) {
    try {
      Optional<RuntimeException> failure = versions.adopt(message.snapshot());
      // Whoever brought what the model could not adopt may bring it again.
      message
          .replyTo()
          .tell(failure.<StatusReply<Done>>map(StatusReply::error).orElseGet(StatusReply::ack));
    } catch (RuntimeException e) {
      // No fault of the model's: this actor ends.
      message.replyTo().tell(StatusReply.error(e));
      throw e;
    }
    nextBatch.measureIfPossible();
    return this;
  }

  private Behavior<Command> deliver(Delivery message) {
    outbox.on(message.event());
    return this;
  }

  private Behavior<Command> answerNotice(AnswerNotice message) {
    answer.on(message.notice());
    return this;
  }

  private Behavior<Command> close() {
    pending.failAll("the %s was stopped".formatted(STAGE));
    model.close();
    return this;
  }
}
