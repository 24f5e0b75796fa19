package io.gapo.actors.collector;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.BehaviorBuilder;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.pattern.StatusReply;
import io.gapo.actors.collector.CollectorStep.Differentiated;
import io.gapo.actors.collector.CollectorStep.Measured;
import io.gapo.actors.support.IdleClock;
import io.gapo.actors.support.Outbox;
import io.gapo.core.flow.KlControl;
import io.gapo.core.flow.ScoreNormalisation;
import io.gapo.core.flow.VersionGate;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.PolicyGradients;
import io.gapo.core.port.Stage;
import io.gapo.core.port.StepPublisher;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoreRecord;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.UpdateDirection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * Joins rollouts with their scores, and turns batches of them into gradients.
 *
 * <p>Rollouts and scores come at any time and are acknowledged when their rollout is settled, that
 * is when the lineage says so, or when this actor's own settlement is durable. Steps are made one
 * at a time; the states are the methods below, and {@link CollectorState} checks their order:
 *
 * <pre>
 *   ┌ no step; the first that applies ─────────────────────────┐
 *   │ CATCHING_UP     no version, or its lineage is not read   │
 *   │ AWAITING_MODEL  the model is broken                      │
 *   │ GATHERING       too few whole prompts for a batch        │
 *   └───▲────▲───────────────────────┬─────────────────────────┘
 *       │    │                       │ batch measured, objective gradients sent
 *       │    │                       ▼
 *       │    ├───── over ── AWAITING_DIRECTION ── refused ──┐
 *       │    │                       │ batch differentiated, gradient part sent
 *       │    │                       ▼                      │
 *       │    └───── over ── AWAITING_VERSION ─── refused ──┐│
 *       │                    ▲       │ direction decided   ││
 *       │                    └───────┘ again               ▼▼
 *       └─────────── all refused ────────────── AWAITING_REFUSALS
 * </pre>
 *
 * <p>A step is over when the lineage tells which rollouts the next version was made from: those of
 * the batch that it does not name wait again, as after a restart, when the optimizer used the part
 * from before. It is also over when newer weights are adopted, unless they are the same version and
 * the part is sent, and when the model fails or the batch is refused here, because an objective of
 * it is not finite. The next attempt follows.
 *
 * <p>Between steps, and while the next version is made, it prepares the rollouts that wait: what no
 * version changes is then known when their batch is measured.
 *
 * <p>Several collectors make a version together: whoever has a whole batch measures it, which calls
 * the others; they add what they have within a while, or say that they have nothing. The direction
 * is of the union of their batches, and is decided again when another one's batch changes.
 *
 * <p>A rollout that an objective has no score for is settled with the reason. One that waits for a
 * score for long is reported, and waits on: see {@link ScoreArrivals}.
 *
 * <p>Nothing is lost silently: what cannot be published is published again; when an answer does not
 * come in time, the message that asks for it is sent again, with a warning, which its receivers
 * recognize; a model that fails is created again, and a batch on which it fails too often is
 * refused.
 *
 * <p>The actor is not restarted: its memory is rebuilt from the topics when the process starts. If
 * it ends, all who wait for it get an error.
 */
public final class GradientCollector {

  /** The stage's name. */
  static final Stage STAGE = Stage.GRADIENT_COLLECTOR;

  /** Everything the collector understands. */
  public sealed interface Command {}

  /** A rollout to be joined; {@code settledTo} is told when its fate is durable. */
  public record RolloutArrived(Rollout rollout, ActorRef<StatusReply<Done>> settledTo)
      implements Command {}

  /**
   * A score to be joined, or that there is none; {@code settledTo} is told when the fate of its
   * rollout is durable, or why it joins none ({@link io.gapo.core.port.RejectedScoreException}).
   */
  public record ScoreArrived(ScoreRecord score, ActorRef<StatusReply<Done>> settledTo)
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
  public record ContributionReceived(ObjectiveGradients gradients) implements Command {}

  /** The state has lasted as long as it was meant to; one that ends takes its timeout along. */
  private record StateTimeout() implements Command {}

  /** A broken model may be created again. */
  private record ModelDue() implements Command {}

  /** There may be time to prepare rollouts for their batch. */
  private record PrepareDue() implements Command {}

  /** It is time to see what waits for scores. */
  private record ScoreReviewDue() implements Command {}

  private record Delivery(Outbox.Event event) implements Command {}

  private final TimerScheduler<Command> timers;
  private final CollectorSettings settings;
  private final Outbox<Command> outbox;
  private final PendingAnswer answer;
  private final GradientModel model;
  private final Preparation preparation;
  private final PendingRollouts pending;
  private final StepComputation computation;
  private final VersionGate gate = new VersionGate();
  private final VersionFollower versions;
  private final ContributionCall call;
  private CollectorState state = CollectorState.CATCHING_UP;

  private GradientCollector(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Supplier<? extends PolicyGradients> models,
      StepPublisher publisher,
      CollectorSettings settings,
      PipelineListener listener) {
    this.timers = timers;
    this.settings = settings;
    Logger log = context.getLog();
    IdleClock clock = new IdleClock(STAGE, listener);
    this.outbox = new Outbox<>(context, timers, settings.backoff(), Delivery::new);
    this.answer = new PendingAnswer(outbox, publisher, settings.patience(), this::limitState, log);
    this.model =
        new GradientModel(
            models, gate::adopted, clock, settings.backoff(), this::makeModelAfter, log);
    this.preparation = new Preparation(model, () -> context.getSelf().tell(new PrepareDue()));
    this.pending =
        new PendingRollouts(STAGE, settings, preparation, outbox, publisher, listener, log);
    ScoreNormalisation normalisation =
        new ScoreNormalisation(settings.objectives(), settings.normalisers());
    KlControl klControl = new KlControl(settings.klTarget());
    this.computation =
        new StepComputation(
            settings, gate, model, clock, pending, normalisation, klControl, listener, log);
    this.versions =
        new VersionFollower(STAGE, gate, model, pending, normalisation, klControl, listener, log);
    this.call = new ContributionCall(outbox, publisher, settings, gate, pending);
    model.make();
    reviewScoresLater();
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
                    new GradientCollector(context, timers, models, publisher, settings, listener)
                        .catchingUp()));
  }

  // States

  private Behavior<Command> catchingUp() {
    enter(CollectorState.CATCHING_UP);
    return behavior(
        betweenSteps()
            .onMessage(LineageCaughtUp.class, message -> then(gate::historyRead, this::nextAttempt))
            .onMessage(ModelDue.class, message -> then(model::make, Behaviors::same)));
  }

  private Behavior<Command> awaitingModel() {
    enter(CollectorState.AWAITING_MODEL);
    return behavior(
        betweenSteps().onMessage(ModelDue.class, message -> then(model::make, this::nextAttempt)));
  }

  private Behavior<Command> gathering() {
    enter(CollectorState.GATHERING);
    preparation.request();
    return gather(
        behavior(
            betweenSteps()
                .onMessage(StateTimeout.class, message -> gatherShort())
                .onMessage(
                    PrepareDue.class, message -> then(preparation::run, this::unlessModelBroke)),
            () -> gather(Behaviors.same())));
  }

  private Behavior<Command> awaitingDirection(Measured step) {
    enter(CollectorState.AWAITING_DIRECTION);
    answer.await(step);
    return behavior(
        during(step)
            .onMessage(
                DirectionArrived.class,
                message -> step.isAnsweredBy(message.direction()),
                message -> sent(computation.differentiate(step, message.direction()))));
  }

  private Behavior<Command> awaitingVersion(Differentiated step) {
    enter(CollectorState.AWAITING_VERSION);
    answer.await(step);
    preparation.request();
    return behavior(
        during(step)
            .onMessage(
                DirectionArrived.class,
                message -> step.isAnsweredBy(message.direction()),
                message -> sent(computation.differentiateAgain(step, message.direction())))
            .onMessage(PrepareDue.class, message -> then(preparation::run, Behaviors::same))
            .onMessage(ModelDue.class, message -> then(model::make, Behaviors::same)));
  }

  private Behavior<Command> awaitingRefusals(PendingRefusals rest) {
    enter(CollectorState.AWAITING_REFUSALS);
    limitState(settings.backoff().max());
    return behavior(
        Behaviors.receive(Command.class)
            .onMessage(VersionLineageRead.class, message -> read(message, this::nextAttempt))
            .onMessage(SettlementRead.class, message -> refused(message, rest, Behaviors::same))
            .onMessage(StateTimeout.class, message -> nextAttempt())
            .onMessage(ModelDue.class, message -> then(model::make, Behaviors::same)));
  }

  /** A newer version decides whether a batch may be measured, and for which. */
  private BehaviorBuilder<Command> betweenSteps() {
    return Behaviors.receive(Command.class)
        .onMessage(Adopt.class, this::isNews, message -> adopt(message, this::nextAttempt))
        .onMessage(VersionLineageRead.class, message -> read(message, this::nextAttempt));
  }

  /** What ends a step, and the reminder. */
  private BehaviorBuilder<Command> during(CollectorStep step) {
    return Behaviors.receive(Command.class)
        .onMessage(
            Adopt.class,
            message -> isNews(message) && !step.outlives(message.snapshot()),
            message -> then(() -> computation.leave(step), () -> adopt(message, this::nextAttempt)))
        .onMessage(
            VersionLineageRead.class,
            message -> read(message, () -> endIfOver(step, message.lineage())))
        .onMessage(
            SettlementRead.class,
            message -> step.isRefusedBy(message.settlement()),
            message -> endRefused(step, message))
        .onMessage(StateTimeout.class, message -> then(answer::remind, Behaviors::same));
  }

  private Behavior<Command> behavior(BehaviorBuilder<Command> listed) {
    return behavior(listed, Behaviors::same);
  }

  /**
   * Adds what every state does with messages that it does not list.
   *
   * @param next after what may complete a batch
   */
  private Behavior<Command> behavior(
      BehaviorBuilder<Command> listed, Supplier<Behavior<Command>> next) {
    return listed
        .onMessage(
            RolloutArrived.class,
            message -> then(() -> pending.add(message.rollout(), message.settledTo()), next))
        .onMessage(
            ScoreArrived.class,
            message -> then(() -> pending.add(message.score(), message.settledTo()), next))
        .onMessage(Adopt.class, message -> adopt(message, Behaviors::same))
        .onMessage(SettlementRead.class, message -> then(() -> settle(message), next))
        .onMessage(LineageCaughtUp.class, message -> Behaviors.same())
        .onMessage(PrepareDue.class, message -> then(preparation::skip, Behaviors::same))
        .onMessage(DirectionArrived.class, message -> Behaviors.same())
        .onMessage(
            ContributionReceived.class, message -> then(() -> call.add(message.gradients()), next))
        .onMessage(
            ScoreReviewDue.class,
            message ->
                then(pending::reviewScores, () -> then(this::reviewScoresLater, Behaviors::same)))
        .onMessage(
            Delivery.class, message -> then(() -> outbox.on(message.event()), Behaviors::same))
        .onAnyMessage(
            message -> {
              throw state.unexpected(message);
            })
        .onSignal(PostStop.class, signal -> close())
        .build();
  }

  // Transitions

  /** The state before ends, with its timeout and its wait for an answer. */
  private void enter(CollectorState next) {
    state = state.to(next);
    timers.cancel(new StateTimeout());
    answer.cancel();
  }

  private Behavior<Command> nextAttempt() {
    if (!gate.isOpen()) {
      return catchingUp();
    }
    return model.isReady() ? gathering() : awaitingModel();
  }

  /**
   * Measures a whole batch if there is one, and the next if that one was refused.
   *
   * @param otherwise waits for more rollouts
   */
  private Behavior<Command> gather(Behavior<Command> otherwise) {
    while (model.isReady()) {
      Optional<List<ScoredRollout>> batch =
          pending.takeBatch(gate.adopted().orElseThrow().version());
      if (batch.isEmpty()) {
        if (!timers.isTimerActive(new StateTimeout())) {
          call.timeLimit().ifPresent(this::limitState);
        }
        return otherwise;
      }
      timers.cancel(new StateTimeout());
      Optional<Measured> step = computation.measure(batch.get());
      if (step.isPresent()) {
        return awaitingDirection(step.get());
      }
    }
    return awaitingModel();
  }

  /** The others still wait. */
  private Behavior<Command> gatherShort() {
    Optional<List<ScoredRollout>> batch = call.takeShortBatch();
    return batch.isEmpty() ? Behaviors.same() : measured(computation.measure(batch.get()));
  }

  private Behavior<Command> unlessModelBroke() {
    return model.isReady() ? Behaviors.same() : awaitingModel();
  }

  private Behavior<Command> measured(Optional<Measured> step) {
    return step.map(this::awaitingDirection).orElseGet(this::nextAttempt);
  }

  private Behavior<Command> sent(Optional<Differentiated> step) {
    return step.map(this::awaitingVersion).orElseGet(this::nextAttempt);
  }

  private Behavior<Command> adopt(Adopt message, Supplier<Behavior<Command>> next) {
    versions.adopt(message.snapshot(), message.replyTo());
    return next.get();
  }

  private Behavior<Command> read(VersionLineageRead message, Supplier<Behavior<Command>> next) {
    return versions.read(message.lineage()) ? next.get() : Behaviors.same();
  }

  private Behavior<Command> endIfOver(CollectorStep step, VersionLineage lineage) {
    return computation.leaveIfOver(step, lineage) ? nextAttempt() : Behaviors.same();
  }

  private Behavior<Command> endRefused(CollectorStep step, SettlementRead message) {
    computation.leave(step);
    PendingRefusals rest = new PendingRefusals(step);
    return refused(message, rest, () -> awaitingRefusals(rest));
  }

  private Behavior<Command> refused(
      SettlementRead message, PendingRefusals rest, Supplier<Behavior<Command>> next) {
    settle(message);
    return rest.isLast(message.settlement()) ? nextAttempt() : next.get();
  }

  private static Behavior<Command> then(Runnable change, Supplier<Behavior<Command>> next) {
    change.run();
    return next.get();
  }

  private boolean isNews(Adopt message) {
    return gate.isNews(message.snapshot());
  }

  private void settle(SettlementRead message) {
    pending.settle(message.settlement().rollout().id());
  }

  private void makeModelAfter(Duration pause) {
    timers.startSingleTimer(new ModelDue(), pause);
  }

  /** Once more after each time, so that none pile up while a step is computed. */
  private void reviewScoresLater() {
    timers.startSingleTimer(new ScoreReviewDue(), settings.scores().lookEvery());
  }

  private void limitState(Duration duration) {
    timers.startSingleTimer(new StateTimeout(), duration);
  }

  private Behavior<Command> close() {
    pending.failAll("the %s was stopped".formatted(STAGE));
    model.close();
    return Behaviors.same();
  }
}
