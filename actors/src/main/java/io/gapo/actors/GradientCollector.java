package io.gapo.actors;

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
import io.gapo.actors.CollectorStep.AwaitingVersion;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicyGradients;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.rollout.PolicyVersion;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.Score;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.StepId;
import io.gapo.core.step.StepPublisher;
import io.gapo.core.step.UpdateDirection;
import io.gapo.core.step.VersionGate;
import io.gapo.core.telemetry.PipelineListener;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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

  private record CourierNotice(StepCourier.Notice notice) implements Command {}

  private final StepPublisher publisher;
  private final CollectorSettings settings;
  private final PipelineListener listener;
  private final TimerScheduler<Command> timers;
  private final Outbox<Command> outbox;
  private final StepCourier<Command> courier;
  private final GradientModel model;
  private final RolloutDesk desk;
  private final StepWork work;
  private final VersionGate gate = new VersionGate();
  private final Set<String> unknownObjectives = new HashSet<>();

  /** Rollouts of a step that was refused, whose own refusal should be read next. */
  private final Set<String> awaitedRefusals = new HashSet<>();

  /** The newest version that another collector has called to improve, until that is answered. */
  private @Nullable PolicyVersion called;

  private GradientCollector(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Supplier<? extends PolicyGradients> models,
      StepPublisher publisher,
      CollectorSettings settings,
      PipelineListener listener) {
    super(context);
    this.publisher = publisher;
    this.settings = settings;
    this.listener = listener;
    this.timers = timers;
    IdleClock clock = new IdleClock(STAGE, listener);
    this.outbox = new Outbox<>(context, timers, settings.backoff(), Delivery::new);
    this.courier =
        new StepCourier<>(
            context, timers, outbox, publisher, settings.patience(), CourierNotice::new);
    this.model =
        new GradientModel(
            models,
            clock,
            settings.backoff(),
            pause -> timers.startSingleTimer(new MakeModel(), pause),
            context.getLog());
    this.desk = new RolloutDesk(settings);
    this.work = new StepWork(model, clock, courier, desk, settings.batchAttempts(), this::refuse);
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
        .onMessage(VersionLineageRead.class, this::lineageRead)
        .onMessage(SettlementRead.class, this::settlementRead)
        .onMessage(LineageCaughtUp.class, this::lineageCaughtUp)
        .onMessage(DirectionArrived.class, this::directionArrived)
        .onMessage(ContributionHeard.class, this::contributionHeard)
        .onMessage(Settled.class, this::settled)
        .onMessage(RefusalsOverdue.class, this::refusalsOverdue)
        .onMessage(ShortOfRollouts.class, this::shortOfRollouts)
        .onMessage(Abstained.class, message -> this)
        .onMessage(MakeModel.class, this::makeModel)
        .onMessage(Delivery.class, this::deliver)
        .onMessage(CourierNotice.class, this::courierNotice)
        .onSignal(PostStop.class, signal -> close())
        .build();
  }

  private Behavior<Command> rolloutArrived(RolloutArrived message) {
    desk.add(message.rollout(), message.settledTo());
    return goOn();
  }

  private Behavior<Command> scoreArrived(ScoreArrived message) {
    boolean isKnown = desk.add(message.score(), message.settledTo());
    String objective = message.score().objective();
    if (!isKnown && unknownObjectives.add(objective)) {
      getContext()
          .getLog()
          .warn(
              "Scores of objective '{}' are ignored: this run has {}",
              objective,
              settings.objectives());
    }
    return goOn();
  }

  private Behavior<Command> adopt(Adopt message) {
    PolicySnapshot snapshot = message.snapshot();
    if (gate.isNews(snapshot)) {
      leaveStepFor(snapshot);
      try {
        model.adopt(snapshot);
      } catch (RuntimeException e) {
        // Whoever brought it may bring it again; until then the version before stays in use.
        message.replyTo().tell(StatusReply.error(e));
        model.broke(e);
        return this;
      }
      gate.adopt(snapshot);
      listener.versionAdopted(STAGE, snapshot.version());
    }
    message.replyTo().tell(StatusReply.ack());
    return goOn();
  }

  /**
   * A measured batch does not outlive its weights; a sent part of the same version is still good.
   */
  private void leaveStepFor(PolicySnapshot snapshot) {
    boolean isStillGood =
        work.current()
            .filter(AwaitingVersion.class::isInstance)
            .filter(sent -> sent.id().version().equals(snapshot.version()))
            .isPresent();
    if (!isStillGood) {
      work.leave();
    }
  }

  private Behavior<Command> lineageRead(VersionLineageRead message) {
    VersionLineage lineage = message.lineage();
    if (!gate.read(lineage)) {
      getContext()
          .getLog()
          .warn(
              "Ignored {} of optimizer epoch {}, which has been replaced",
              lineage.version(),
              lineage.epoch());
      return this;
    }
    lineage.rollouts().forEach(rollout -> desk.settle(rollout.id()));
    awaitedRefusals.clear();
    work.current()
        .filter(step -> step.id().version().compareTo(lineage.version()) < 0)
        .ifPresent(step -> endStep(step, lineage));
    return goOn();
  }

  private void endStep(CollectorStep over, VersionLineage lineage) {
    long unused = over.rollouts().stream().filter(rollout -> !desk.isDecided(rollout.id())).count();
    if (unused > 0) {
      getContext()
          .getLog()
          .info(
              "{} was made without {} rollouts of {}, which wait again",
              lineage.version(),
              unused,
              over.id());
    }
    work.leave();
  }

  private Behavior<Command> settlementRead(SettlementRead message) {
    Settlement settlement = message.settlement();
    String id = settlement.rollout().id();
    if (settlement.fate() == Fate.REFUSED) {
      work.current().filter(step -> step.contains(id)).ifPresent(this::refusedElsewhere);
    }
    desk.settle(id);
    awaitedRefusals.remove(id);
    return goOn();
  }

  /**
   * The rest of a refused step is refused by the lineage's next records; without a pause it would
   * go into the next attempt. What is not refused, because another step was meant, does so after
   * it.
   */
  private void refusedElsewhere(CollectorStep refused) {
    work.leave();
    refused.rollouts().forEach(rollout -> awaitedRefusals.add(rollout.id()));
    timers.startSingleTimer(new RefusalsOverdue(), settings.backoff().max());
  }

  private Behavior<Command> refusalsOverdue(RefusalsOverdue message) {
    awaitedRefusals.clear();
    return goOn();
  }

  private Behavior<Command> lineageCaughtUp(LineageCaughtUp message) {
    gate.historyRead();
    return goOn();
  }

  private Behavior<Command> directionArrived(DirectionArrived message) {
    work.follow(message.direction());
    return goOn();
  }

  private Behavior<Command> contributionHeard(ContributionHeard message) {
    ObjectiveGradients gradients = message.gradients();
    PolicyVersion version = gradients.step().version();
    boolean isCall =
        !gradients.isAbstention() && !gradients.step().collector().equals(settings.collector());
    if (isCall && (called == null || version.compareTo(called) > 0)) {
      called = version;
    }
    return goOn();
  }

  /** Measures the next batch if there is one and nothing stands in the way. */
  private Behavior<Command> goOn() {
    while (mayMeasure()) {
      PolicyVersion version = gate.adopted().orElseThrow().version();
      desk.decideOverAge(version).forEach(this::publish);
      Optional<List<ScoredRollout>> batch = desk.takeBatch(version);
      if (batch.isEmpty()) {
        if (isCalled()) {
          settings.shortBatchAfter().ifPresent(this::waitForRollouts);
        }
        return this;
      }
      measure(batch.get());
    }
    return this;
  }

  private void measure(List<ScoredRollout> batch) {
    timers.cancel(ShortOfRollouts.class);
    work.measure(gate.nextStep(settings.collector()), batch, gate.combinerMemory());
  }

  private void waitForRollouts(Duration patience) {
    if (!timers.isTimerActive(ShortOfRollouts.class)) {
      timers.startSingleTimer(ShortOfRollouts.class, new ShortOfRollouts(), patience);
    }
  }

  private boolean isCalled() {
    return gate.adopted().map(PolicySnapshot::version).filter(v -> v.equals(called)).isPresent();
  }

  /**
   * The quota bounds the rollouts of all collectors together: where the others hold them all, none
   * would come here any more, and none of the others' be used.
   */
  private Behavior<Command> shortOfRollouts(ShortOfRollouts message) {
    if (mayMeasure() && isCalled()) {
      desk.takeShortBatch().ifPresentOrElse(this::measure, this::abstain);
    }
    return goOn();
  }

  /** A whole batch that comes after all is contributed none the less, and replaces this. */
  private void abstain() {
    called = null;
    ObjectiveGradients nothing =
        ObjectiveGradients.abstention(gate.nextStep(settings.collector()), settings.objectives());
    outbox.post(
        "that there is nothing for " + nothing.step(),
        () -> publisher.publish(nothing),
        new Abstained());
  }

  private boolean mayMeasure() {
    return work.current().isEmpty()
        && awaitedRefusals.isEmpty()
        && model.isReady()
        && gate.isOpen();
  }

  private void refuse(StepId id, List<RolloutReference> rollouts, String reason) {
    getContext().getLog().warn("Refused {}: {}", id, reason);
    listener.stepRefused(reason);
    desk.decideRefused(rollouts, id.version(), reason).forEach(this::publish);
  }

  private void publish(Settlement settlement) {
    outbox.post(
        "the settlement of " + settlement.rollout().id(),
        () -> publisher.publish(settlement),
        new Settled(settlement));
  }

  private Behavior<Command> settled(Settled message) {
    desk.settle(message.settlement().rollout().id());
    listener.settled(message.settlement());
    return goOn();
  }

  private Behavior<Command> makeModel(MakeModel message) {
    model.make(gate.adopted());
    return goOn();
  }

  private Behavior<Command> deliver(Delivery message) {
    outbox.on(message.event());
    return this;
  }

  private Behavior<Command> courierNotice(CourierNotice message) {
    courier.on(message.notice());
    return this;
  }

  private Behavior<Command> close() {
    desk.failAll("the %s was stopped".formatted(STAGE));
    model.close();
    return this;
  }
}
