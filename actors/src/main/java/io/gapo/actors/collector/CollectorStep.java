package io.gapo.actors.collector;

import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.StepPublisher;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.GradientPart;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.StepId;
import io.gapo.core.step.UpdateDirection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A batch that a gradient collector has measured: what was sent, and so what is awaited. */
sealed interface CollectorStep {

  StepId id();

  List<RolloutReference> rollouts();

  default List<String> rolloutIds() {
    return rollouts().stream().map(RolloutReference::id).toList();
  }

  /** Sends what brings the answer. */
  CompletionStage<?> publishTo(StepPublisher publisher);

  /** Sends what brings the answer once more when no answer came. */
  default CompletionStage<?> publishAgainTo(StepPublisher publisher) {
    return publishTo(publisher);
  }

  /** What is awaited, for the log. */
  String awaited();

  /** Whether it is to be differentiated in this direction. */
  boolean isAnsweredBy(UpdateDirection direction);

  /** Whether it stays when this snapshot is adopted. */
  boolean outlives(PolicySnapshot adopted);

  /** Whether a version as new as this one has come of it, or of others. */
  default boolean isOverWith(PolicyVersion version) {
    return id().version().compareTo(version) < 0;
  }

  /** Whether this refuses one of its rollouts. */
  default boolean isRefusedBy(Settlement settlement) {
    return settlement.fate() == Fate.REFUSED && rolloutIds().contains(settlement.rollout().id());
  }

  /**
   * The model keeps the batch's graph for the backward pass.
   *
   * @param batch that was measured
   * @param sinceNanos when it was measured, by {@link System#nanoTime}
   */
  record Measured(ObjectiveGradients gradients, List<ScoredRollout> batch, long sinceNanos)
      implements CollectorStep {

    @Override
    public StepId id() {
      return gradients.step();
    }

    @Override
    public List<RolloutReference> rollouts() {
      return gradients.rollouts();
    }

    @Override
    public CompletionStage<?> publishTo(StepPublisher publisher) {
      return publisher.publish(gradients);
    }

    @Override
    public String awaited() {
      return "direction";
    }

    /** A measured batch does not outlive its weights. */
    @Override
    public boolean outlives(PolicySnapshot adopted) {
      return false;
    }

    @Override
    public boolean isAnsweredBy(UpdateDirection direction) {
      return direction.answers(gradients);
    }
  }

  /**
   * The gradient is on its way to the optimizer.
   *
   * @param gradients that the direction answered
   * @param batch to be differentiated again if the combiner decides again
   */
  record Differentiated(GradientPart part, ObjectiveGradients gradients, List<ScoredRollout> batch)
      implements CollectorStep {

    @Override
    public StepId id() {
      return part.step();
    }

    @Override
    public List<RolloutReference> rollouts() {
      return part.rollouts();
    }

    @Override
    public CompletionStage<?> publishTo(StepPublisher publisher) {
      return publisher.publish(part);
    }

    /** A combiner that restarted lacks what the others' direction needs as well. */
    @Override
    public CompletionStage<?> publishAgainTo(StepPublisher publisher) {
      return gradients.measured().linear().isEmpty()
          ? publishTo(publisher)
          : publisher.publish(gradients).thenCompose(sent -> publishTo(publisher));
    }

    @Override
    public String awaited() {
      return "next version";
    }

    /** A part is still good when its version comes again, from another optimizer. */
    @Override
    public boolean outlives(PolicySnapshot adopted) {
      return id().version().equals(adopted.version());
    }

    /** Another decision, because another collector's batch changed. */
    @Override
    public boolean isAnsweredBy(UpdateDirection direction) {
      return direction.answers(gradients) && !direction.isSameDecisionAs(part.direction());
    }
  }
}
