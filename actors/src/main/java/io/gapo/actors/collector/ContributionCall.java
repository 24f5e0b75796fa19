package io.gapo.actors.collector;

import io.gapo.actors.support.Outbox;
import io.gapo.core.flow.VersionGate;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.StepPublisher;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.StepId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the other collectors of a version want of this one: that it adds what rollouts it has within
 * a while, or says that it has none.
 */
final class ContributionCall {

  private final Outbox<?> outbox;
  private final StepPublisher publisher;
  private final CollectorSettings settings;
  private final VersionGate gate;
  private final PendingRollouts pending;

  /** The newest version that another collector has called to improve, until that is answered. */
  private @Nullable PolicyVersion called;

  ContributionCall(
      Outbox<?> outbox,
      StepPublisher publisher,
      CollectorSettings settings,
      VersionGate gate,
      PendingRollouts pending) {
    this.outbox = outbox;
    this.publisher = publisher;
    this.settings = settings;
    this.gate = gate;
    this.pending = pending;
  }

  /** What a collector has contributed is a call if it was another one and had rollouts. */
  void add(ObjectiveGradients contribution) {
    PolicyVersion version = contribution.step().version();
    boolean isCall =
        !contribution.isAbstention()
            && !contribution.step().collector().equals(settings.collector());
    if (isCall && (called == null || version.compareTo(called) > 0)) {
      called = version;
    }
  }

  /** How long to wait for a whole batch, if a contribution to the adopted version is awaited. */
  Optional<Duration> timeLimit() {
    return settings.shortBatchAfter().filter(limit -> isAwaited());
  }

  /**
   * What there is of a batch; abstains if there is nothing. The quota bounds the rollouts of all
   * collectors together: where the others hold them all, none would come here any more, and none of
   * the others' be used.
   */
  Optional<List<ScoredRollout>> takeShortBatch() {
    if (!isAwaited()) {
      return Optional.empty();
    }
    Optional<List<ScoredRollout>> batch = pending.takeShortBatch();
    if (batch.isEmpty()) {
      abstain(gate.nextStep(settings.collector()));
    }
    return batch;
  }

  private boolean isAwaited() {
    return gate.adopted().filter(snapshot -> snapshot.version().equals(called)).isPresent();
  }

  /** A whole batch that comes after all is contributed none the less, and replaces this. */
  private void abstain(StepId step) {
    called = null;
    ObjectiveGradients nothing = ObjectiveGradients.abstention(step, settings.objectives());
    outbox.post("that there is nothing for " + step, () -> publisher.publish(nothing));
  }
}
