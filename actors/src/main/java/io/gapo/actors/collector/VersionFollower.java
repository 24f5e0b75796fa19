package io.gapo.actors.collector;

import akka.actor.typed.javadsl.ActorContext;
import io.gapo.actors.collector.CollectorStep.AwaitingVersion;
import io.gapo.actors.support.ListenerFailedException;
import io.gapo.core.flow.VersionGate;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.TensorsReleasedException;
import io.gapo.core.port.Failures;
import io.gapo.core.port.PipelineListener;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Takes a gradient collector's model, rollouts and step along with the policy's versions and with
 * what the lineage says of them.
 */
final class VersionFollower {

  private final ActorContext<GradientCollector.Command> context;
  private final VersionGate gate;
  private final GradientModel model;
  private final PendingRollouts pending;
  private final StepComputation computation;
  private final PipelineListener listener;
  private final Runnable limitWaitForRefusals;

  /** Rollouts of a step that was refused, whose own refusal should be read next. */
  private final Set<String> awaitedRefusals = new HashSet<>();

  /**
   * @param limitWaitForRefusals asked to have {@link #awaitNoRefusals} called after a while
   */
  VersionFollower(
      ActorContext<GradientCollector.Command> context,
      VersionGate gate,
      GradientModel model,
      PendingRollouts pending,
      StepComputation computation,
      PipelineListener listener,
      Runnable limitWaitForRefusals) {
    this.context = context;
    this.gate = gate;
    this.model = model;
    this.pending = pending;
    this.computation = computation;
    this.listener = listener;
    this.limitWaitForRefusals = limitWaitForRefusals;
  }

  /**
   * Goes over to this snapshot if it is news and still there: if it was lent and is gone, a newer
   * one comes next.
   *
   * @return why the model could not, if it could not: the one before stays in use, with a new model
   */
  Optional<RuntimeException> adopt(PolicySnapshot snapshot) {
    if (!gate.isNews(snapshot)) {
      return Optional.empty();
    }
    leaveStepFor(snapshot);
    try {
      model.adopt(snapshot);
    } catch (ListenerFailedException e) {
      throw e;
    } catch (TensorsReleasedException e) {
      context.getLog().info("Skipped {}: {}", snapshot.version(), Failures.reason(e));
      return Optional.empty();
    } catch (RuntimeException e) {
      model.broke(e);
      return Optional.of(e);
    }
    gate.adopt(snapshot);
    listener.versionAdopted(GradientCollector.STAGE, snapshot.version());
    return Optional.empty();
  }

  /**
   * A measured batch does not outlive its weights; a sent part of the same version is still good.
   */
  private void leaveStepFor(PolicySnapshot snapshot) {
    boolean isStillGood =
        computation
            .current()
            .filter(AwaitingVersion.class::isInstance)
            .filter(sent -> sent.id().version().equals(snapshot.version()))
            .isPresent();
    if (!isStillGood) {
      computation.leave();
    }
  }

  /** The lineage's next version. */
  void read(VersionLineage lineage) {
    if (!gate.read(lineage)) {
      context
          .getLog()
          .warn(
              "Ignored {} of optimizer epoch {}, which has been replaced",
              lineage.version(),
              lineage.epoch());
      return;
    }
    lineage.rollouts().forEach(rollout -> pending.settle(rollout.id()));
    awaitedRefusals.clear();
    computation
        .current()
        .filter(step -> step.id().version().compareTo(lineage.version()) < 0)
        .ifPresent(step -> endStep(step, lineage));
  }

  private void endStep(CollectorStep over, VersionLineage lineage) {
    long unused =
        over.rollouts().stream().filter(rollout -> !pending.isDecided(rollout.id())).count();
    if (unused > 0) {
      context
          .getLog()
          .info(
              "{} was made without {} rollouts of {}, which wait again",
              lineage.version(),
              unused,
              over.id());
    }
    computation.leave();
  }

  /** The lineage's next settlement. */
  void read(Settlement settlement) {
    String id = settlement.rollout().id();
    if (settlement.fate() == Fate.REFUSED) {
      computation.current().filter(step -> step.contains(id)).ifPresent(this::refusedElsewhere);
    }
    pending.settle(id);
    awaitedRefusals.remove(id);
  }

  /**
   * The rest of a refused step is refused by the lineage's next records; without a pause it would
   * go into the next attempt. What is not refused, because another step was meant, does so after
   * it.
   */
  private void refusedElsewhere(CollectorStep refused) {
    computation.leave();
    refused.rollouts().forEach(rollout -> awaitedRefusals.add(rollout.id()));
    limitWaitForRefusals.run();
  }

  /** Whether the lineage should say more of a refused step before the next batch is measured. */
  boolean awaitsRefusals() {
    return !awaitedRefusals.isEmpty();
  }

  /** Goes on without the rest of them. */
  void awaitNoRefusals() {
    awaitedRefusals.clear();
  }
}
