package io.gapo.actors.collector;

import io.gapo.core.flow.VersionGate;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.ScoredRollout;
import java.util.List;
import java.util.Optional;

/** Begins a gradient collector's next step when there is a batch and nothing stands in its way. */
final class NextBatch {

  private final String collector;
  private final VersionGate gate;
  private final GradientModel model;
  private final PendingRollouts pending;
  private final SettlementPublisher settlements;
  private final StepComputation computation;
  private final VersionFollower versions;
  private final ContributionCall call;

  NextBatch(
      String collector,
      VersionGate gate,
      GradientModel model,
      PendingRollouts pending,
      SettlementPublisher settlements,
      StepComputation computation,
      VersionFollower versions,
      ContributionCall call) {
    this.collector = collector;
    this.gate = gate;
    this.model = model;
    this.pending = pending;
    this.settlements = settlements;
    this.computation = computation;
    this.versions = versions;
    this.call = call;
  }

  /** Measures a whole batch if there is one, and the next if that one was refused. */
  void measureIfPossible() {
    while (isPossible()) {
      PolicyVersion version = gate.adopted().orElseThrow().version();
      settlements.settleOverAge(version);
      Optional<List<ScoredRollout>> batch = pending.takeBatch(version);
      if (batch.isEmpty()) {
        if (call.isFor(version)) {
          call.awaitRollouts();
        }
        return;
      }
      measure(batch.get());
    }
  }

  /**
   * Measures what there is, or abstains, if the others still wait. The quota bounds the rollouts of
   * all collectors together: where the others hold them all, none would come here any more, and
   * none of the others' be used.
   */
  void measureShort() {
    if (isPossible() && call.isFor(gate.adopted().orElseThrow().version())) {
      pending
          .takeShortBatch()
          .ifPresentOrElse(this::measure, () -> call.abstain(gate.nextStep(collector)));
    }
  }

  private void measure(List<ScoredRollout> batch) {
    call.endWait();
    computation.measure(gate.nextStep(collector), batch, gate.combinerMemory());
  }

  private boolean isPossible() {
    return computation.current().isEmpty()
        && !versions.awaitsRefusals()
        && model.isReady()
        && gate.isOpen();
  }
}
