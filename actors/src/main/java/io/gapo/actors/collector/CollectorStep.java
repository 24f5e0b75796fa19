package io.gapo.actors.collector;

import io.gapo.core.port.StepPublisher;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.GradientPart;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.StepId;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A batch that a gradient collector has measured: what was sent, and so what is awaited. */
sealed interface CollectorStep {

  StepId id();

  List<RolloutReference> rollouts();

  /** Sends what brings the answer. */
  CompletionStage<?> publishTo(StepPublisher publisher);

  /** The same when no answer came. */
  default CompletionStage<?> publishAgainTo(StepPublisher publisher) {
    return publishTo(publisher);
  }

  /** What is awaited, for the log. */
  String awaited();

  /** Whether this rollout is in the batch. */
  default boolean contains(String rolloutId) {
    return rollouts().stream().anyMatch(rollout -> rollout.id().equals(rolloutId));
  }

  /**
   * Measured; the model keeps the batch's graph for the backward pass.
   *
   * @param batch that was measured
   * @param sinceNanos when it was measured, by {@link System#nanoTime}
   */
  record AwaitingDirection(ObjectiveGradients gradients, List<ScoredRollout> batch, long sinceNanos)
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
  }

  /**
   * Differentiated.
   *
   * @param gradients that the direction answered
   * @param batch to be differentiated again if the combiner decides again
   */
  record AwaitingVersion(GradientPart part, ObjectiveGradients gradients, List<ScoredRollout> batch)
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
      return gradients.linear().isEmpty()
          ? publishTo(publisher)
          : publisher.publish(gradients).thenCompose(sent -> publishTo(publisher));
    }

    @Override
    public String awaited() {
      return "next version";
    }
  }
}
