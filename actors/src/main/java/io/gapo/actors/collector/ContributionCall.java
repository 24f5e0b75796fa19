package io.gapo.actors.collector;

import akka.actor.typed.javadsl.TimerScheduler;
import io.gapo.actors.support.Outbox;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.StepPublisher;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.StepId;
import org.jspecify.annotations.Nullable;

/**
 * What the other collectors of a version want of this one: that it adds what rollouts it has within
 * a while, or says that it has none.
 */
final class ContributionCall {

  private final TimerScheduler<GradientCollector.Command> timers;
  private final Outbox<GradientCollector.Command> outbox;
  private final StepPublisher publisher;
  private final CollectorSettings settings;
  private final GradientCollector.Command shortOfRollouts;
  private final GradientCollector.Command abstained;

  /** The newest version that another collector has called to improve, until that is answered. */
  private @Nullable PolicyVersion called;

  /**
   * @param shortOfRollouts what the actor hears when a whole batch did not come in time
   * @param abstained what the actor hears when the others know that there is nothing to wait for
   */
  ContributionCall(
      TimerScheduler<GradientCollector.Command> timers,
      Outbox<GradientCollector.Command> outbox,
      StepPublisher publisher,
      CollectorSettings settings,
      GradientCollector.Command shortOfRollouts,
      GradientCollector.Command abstained) {
    this.timers = timers;
    this.outbox = outbox;
    this.publisher = publisher;
    this.settings = settings;
    this.shortOfRollouts = shortOfRollouts;
    this.abstained = abstained;
  }

  /** What a collector has contributed is a call if it was another one and had rollouts. */
  void hear(ObjectiveGradients gradients) {
    PolicyVersion version = gradients.step().version();
    boolean isCall =
        !gradients.isAbstention() && !gradients.step().collector().equals(settings.collector());
    if (isCall && (called == null || version.compareTo(called) > 0)) {
      called = version;
    }
  }

  /** Whether a contribution to this version is awaited. */
  boolean isFor(PolicyVersion version) {
    return version.equals(called);
  }

  /** Begins to wait for a whole batch, unless that has begun. */
  void awaitRollouts() {
    settings
        .shortBatchAfter()
        .filter(patience -> !timers.isTimerActive(this))
        .ifPresent(patience -> timers.startSingleTimer(this, shortOfRollouts, patience));
  }

  /** There is a batch. */
  void endWait() {
    timers.cancel(this);
  }

  /** A whole batch that comes after all is contributed none the less, and replaces this. */
  void abstain(StepId step) {
    called = null;
    ObjectiveGradients nothing = ObjectiveGradients.abstention(step, settings.objectives());
    outbox.post(
        "that there is nothing for " + nothing.step(), () -> publisher.publish(nothing), abstained);
  }
}
