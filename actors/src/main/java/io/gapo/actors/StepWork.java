package io.gapo.actors;

import io.gapo.actors.CollectorStep.AwaitingDirection;
import io.gapo.actors.CollectorStep.AwaitingVersion;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NonFiniteObjectiveException;
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
import org.jspecify.annotations.Nullable;

/**
 * A gradient collector's current step: measured, then differentiated, each time sent off.
 *
 * <p>A batch with an objective that is not finite is refused. One on which the model fails waits
 * again, until it has failed too often; then it is refused too. A listener's failure is neither the
 * batch's nor the model's: it is thrown on.
 */
final class StepWork {

  /** Settles the rollouts of a step that cannot be made. */
  interface Refusal {
    void refuse(StepId id, List<RolloutReference> rollouts, String reason);
  }

  private static final double NANOS_A_SECOND = 1e9;

  private final GradientModel model;
  private final IdleClock clock;
  private final StepCourier<?> courier;
  private final RolloutDesk desk;
  private final int batchAttempts;
  private final Refusal refusal;

  /** None while a batch is being gathered. */
  private @Nullable CollectorStep step;

  private int batchFailures;

  StepWork(
      GradientModel model,
      IdleClock clock,
      StepCourier<?> courier,
      RolloutDesk desk,
      int batchAttempts,
      Refusal refusal) {
    this.model = model;
    this.clock = clock;
    this.courier = courier;
    this.desk = desk;
    this.batchAttempts = batchAttempts;
    this.refusal = refusal;
  }

  /** The step whose answer is awaited. */
  Optional<CollectorStep> current() {
    return Optional.ofNullable(step);
  }

  /**
   * First half: measures a batch and sends off what a direction is chosen by.
   *
   * @param combinerMemory at the version that the step improves
   */
  void measure(StepId id, List<ScoredRollout> batch, MethodMemory combinerMemory) {
    List<RolloutReference> rollouts =
        batch.stream().map(scored -> RolloutReference.to(scored.rollout())).toList();
    onModel(
        id,
        rollouts,
        () -> {
          MeasuredBatch measured = model.measure(batch);
          begin(
              new AwaitingDirection(
                  new ObjectiveGradients(
                      id,
                      measured.gram(),
                      measured.fullGram(),
                      measured.statistics(),
                      rollouts,
                      combinerMemory,
                      measured.linear()),
                  batch,
                  System.nanoTime()));
        });
  }

  /**
   * Second half, if this is the direction awaited: sends off the gradient. A direction decided
   * anew, because another collector's batch changed, has the batch measured and differentiated
   * again.
   */
  void follow(UpdateDirection direction) {
    if (step instanceof AwaitingDirection awaiting && direction.answers(awaiting.gradients())) {
      double waited = (System.nanoTime() - awaiting.sinceNanos()) / NANOS_A_SECOND;
      onModel(
          awaiting.id(),
          awaiting.rollouts(),
          () ->
              differentiate(
                  awaiting.gradients(),
                  awaiting.gradients().statistics().withPhase("await-direction", waited),
                  awaiting.batch(),
                  direction));
    } else if (step instanceof AwaitingVersion sent
        && direction.answers(sent.gradients())
        && !direction.isSameDecisionAs(sent.part().direction())) {
      onModel(
          sent.id(),
          sent.rollouts(),
          () -> {
            model.measure(sent.batch());
            differentiate(sent.gradients(), sent.part().statistics(), sent.batch(), direction);
          });
    }
  }

  private void differentiate(
      ObjectiveGradients gradients,
      StepStatistics statistics,
      List<ScoredRollout> batch,
      UpdateDirection direction) {
    List<NamedTensor> gradient =
        model.backward(direction, direction.shareOf(gradients.statistics()));
    StepStatistics whole =
        statistics.withPhase("backward", clock.lastWork().toNanos() / NANOS_A_SECOND);
    batchFailures = 0;
    begin(
        new AwaitingVersion(
            new GradientPart(direction, whole, gradients.rollouts(), gradient), gradients, batch));
  }

  /** Ends the step; those of its rollouts whose fate is not decided wait again. */
  void leave() {
    if (step != null) {
      desk.release(step.rollouts());
      end();
    }
  }

  private void begin(CollectorStep next) {
    step = next;
    courier.send(next);
  }

  private void end() {
    boolean isMeasured = step instanceof AwaitingDirection;
    step = null;
    courier.recall();
    if (isMeasured) {
      model.discard();
    }
  }

  private void onModel(StepId id, List<RolloutReference> rollouts, Runnable work) {
    try {
      work.run();
    } catch (ListenerFailedException e) {
      throw e;
    } catch (NonFiniteObjectiveException e) {
      end();
      refusal.refuse(id, rollouts, Failures.reason(e));
    } catch (RuntimeException e) {
      // The rollouts, and those who wait for them, are safe here: only the model is lost.
      end();
      batchFailed(id, rollouts, e);
      model.broke(e);
    }
  }

  private void batchFailed(StepId id, List<RolloutReference> rollouts, RuntimeException cause) {
    batchFailures++;
    if (batchFailures < batchAttempts) {
      desk.release(rollouts);
      return;
    }
    batchFailures = 0;
    refusal.refuse(
        id,
        rollouts,
        "the model failed %d times, at last with: %s"
            .formatted(batchAttempts, Failures.reason(cause)));
  }
}
