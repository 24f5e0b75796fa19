package io.gapo.actors.collector;

import io.gapo.actors.collector.CollectorStep.Differentiated;
import io.gapo.actors.collector.CollectorStep.Measured;
import io.gapo.actors.support.IdleClock;
import io.gapo.actors.support.ListenerFailedException;
import io.gapo.core.flow.KlControl;
import io.gapo.core.flow.ScoreNormalisation;
import io.gapo.core.flow.VersionGate;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.port.Failures;
import io.gapo.core.port.NonFiniteObjectiveException;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.GradientPart;
import io.gapo.core.step.MeasuredBatch;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.StepId;
import io.gapo.core.step.StepStatistics;
import io.gapo.core.step.UpdateDirection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * What a gradient collector's model does for a step: measures a batch, differentiates it.
 *
 * <p>Nothing comes out where that fails. A batch with an objective that is not finite is refused.
 * One on which the model fails waits again, until it has failed too often; then it is refused too.
 * A listener's failure is neither the batch's nor the model's: it is thrown on.
 */
final class StepComputation {

  private static final double NANOS_A_SECOND = 1e9;

  private final CollectorSettings settings;
  private final VersionGate gate;
  private final GradientModel model;
  private final IdleClock clock;
  private final PendingRollouts pending;
  private final ScoreNormalisation normalisation;
  private final KlControl klControl;
  private final PipelineListener listener;
  private final Logger log;
  private int batchFailures;

  StepComputation(
      CollectorSettings settings,
      VersionGate gate,
      GradientModel model,
      IdleClock clock,
      PendingRollouts pending,
      ScoreNormalisation normalisation,
      KlControl klControl,
      PipelineListener listener,
      Logger log) {
    this.settings = settings;
    this.gate = gate;
    this.model = model;
    this.clock = clock;
    this.pending = pending;
    this.normalisation = normalisation;
    this.klControl = klControl;
    this.listener = listener;
    this.log = log;
  }

  /** First half, the next attempt to improve the adopted version: what a direction is chosen by. */
  Optional<Measured> measure(List<ScoredRollout> taken) {
    StepId id = gate.nextStep(settings.collector());
    List<ScoredRollout> batch = normalisation.apply(id.version(), taken);
    List<RolloutReference> rollouts =
        batch.stream().map(scored -> RolloutReference.to(scored.rollout())).toList();
    Optional<Measured> step =
        onModel(
            id,
            rollouts,
            () -> {
              MeasuredBatch measured = model.measure(batch, klControl.coefficient(id.version()));
              return new Measured(
                  new ObjectiveGradients(id, measured, rollouts, gate.combinerMemory()),
                  batch,
                  System.nanoTime());
            });
    if (step.isPresent()) {
      listener.batchMeasured(id.version(), settings.objectives(), batch);
    }
    return step;
  }

  /** Second half: the gradient in this direction. */
  Optional<Differentiated> differentiate(Measured step, UpdateDirection direction) {
    double waited = (System.nanoTime() - step.sinceNanos()) / NANOS_A_SECOND;
    return onModel(
        step.id(),
        step.rollouts(),
        () ->
            backward(
                step.gradients(),
                step.gradients().statistics().withPhase("await-direction", waited),
                step.batch(),
                direction));
  }

  /**
   * The gradient of the same batch in another direction. While there is no model, which is not the
   * batch's fault, it waits for the next attempt.
   */
  Optional<Differentiated> differentiateAgain(Differentiated step, UpdateDirection direction) {
    if (!model.isReady()) {
      leave(step);
      return Optional.empty();
    }
    return onModel(
        step.id(),
        step.rollouts(),
        () -> {
          model.measure(step.batch(), klControl.coefficient(step.id().version()));
          return backward(step.gradients(), step.part().statistics(), step.batch(), direction);
        });
  }

  private Differentiated backward(
      ObjectiveGradients gradients,
      StepStatistics statistics,
      List<ScoredRollout> batch,
      UpdateDirection direction) {
    List<NamedTensor> gradient =
        model.backward(direction, direction.shareOf(gradients.statistics()));
    StepStatistics whole =
        statistics.withPhase("backward", clock.lastWork().toNanos() / NANOS_A_SECOND);
    batchFailures = 0;
    return new Differentiated(
        new GradientPart(direction, whole, gradients.rollouts(), gradient), gradients, batch);
  }

  /** Leaves a step; those of its rollouts whose fate is not decided wait again. */
  void leave(CollectorStep step) {
    pending.release(step.rollouts());
    if (step instanceof Measured) {
      model.discard();
    }
  }

  /** Leaves a step if the lineage's next version has come of it, or of others. */
  boolean leaveIfOver(CollectorStep step, VersionLineage lineage) {
    if (!step.isOverWith(lineage.version())) {
      return false;
    }
    long unused = step.rolloutIds().stream().filter(id -> !pending.isDecided(id)).count();
    if (unused > 0) {
      log.info(
          "{} was made without {} rollouts of {}, which wait again",
          lineage.version(),
          unused,
          step.id());
    }
    leave(step);
    return true;
  }

  private <S extends CollectorStep> Optional<S> onModel(
      StepId id, List<RolloutReference> rollouts, Supplier<S> work) {
    try {
      return Optional.of(work.get());
    } catch (ListenerFailedException e) {
      throw e;
    } catch (NonFiniteObjectiveException e) {
      model.discard();
      pending.refuse(id, rollouts, Failures.reason(e));
    } catch (RuntimeException e) {
      // The rollouts, and those who wait for them, are safe here: only the model is lost.
      batchFailed(id, rollouts, e);
      model.broke(e);
    }
    return Optional.empty();
  }

  private void batchFailed(StepId id, List<RolloutReference> rollouts, RuntimeException cause) {
    batchFailures++;
    if (batchFailures < settings.batchAttempts()) {
      pending.release(rollouts);
      return;
    }
    batchFailures = 0;
    pending.refuse(
        id,
        rollouts,
        "the model failed %s times, at last with: %s"
            .formatted(settings.batchAttempts(), Failures.reason(cause)));
  }
}
