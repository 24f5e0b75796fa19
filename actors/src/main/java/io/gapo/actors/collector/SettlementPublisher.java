package io.gapo.actors.collector;

import akka.actor.typed.javadsl.ActorContext;
import io.gapo.actors.support.Outbox;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.StepPublisher;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.step.StepId;
import java.util.List;
import java.util.function.Function;

/** Decides for a gradient collector which rollouts it will never use, and publishes that. */
final class SettlementPublisher {

  private final ActorContext<GradientCollector.Command> context;
  private final Outbox<GradientCollector.Command> outbox;
  private final StepPublisher publisher;
  private final PendingRollouts pending;
  private final PipelineListener listener;
  private final Function<Settlement, GradientCollector.Command> whenDurable;

  /**
   * @param whenDurable what the actor hears then, which it answers by {@link #durable}
   */
  SettlementPublisher(
      ActorContext<GradientCollector.Command> context,
      Outbox<GradientCollector.Command> outbox,
      StepPublisher publisher,
      PendingRollouts pending,
      PipelineListener listener,
      Function<Settlement, GradientCollector.Command> whenDurable) {
    this.context = context;
    this.outbox = outbox;
    this.publisher = publisher;
    this.pending = pending;
    this.listener = listener;
    this.whenDurable = whenDurable;
  }

  /** Settles what is too old to improve this version. */
  void settleOverAge(PolicyVersion version) {
    pending.decideOverAge(version).forEach(this::publish);
  }

  /** Settles the rollouts of a step that cannot be made. */
  void refuse(StepId id, List<RolloutReference> rollouts, String reason) {
    context.getLog().warn("Refused {}: {}", id, reason);
    listener.stepRefused(reason);
    pending.decideRefused(rollouts, id.version(), reason).forEach(this::publish);
  }

  private void publish(Settlement settlement) {
    outbox.post(
        "the settlement of " + settlement.rollout().id(),
        () -> publisher.publish(settlement),
        whenDurable.apply(settlement));
  }

  /** This settlement, published here, is durable: counted before anyone is told of it. */
  void durable(Settlement settlement) {
    listener.settled(settlement);
    pending.settle(settlement.rollout().id());
  }
}
