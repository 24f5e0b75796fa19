package io.gapo.core.step;

import io.gapo.core.combine.Combination;
import io.gapo.core.combine.GramMatrix;
import org.jspecify.annotations.Nullable;

/**
 * Sent from the combiner to the gradient collector: the weights of the step's one backward pass.
 *
 * @param klWeight of the KL divergence as a loss of its own: above 0 only while the KL watch holds
 *     the policy back, and then all objectives' weights are 0
 * @param gram that the weights were solved for
 * @param audit of the layers that {@code gram} is over; null where the step was not audited
 * @param union of the batches that it was chosen for; null where one collector makes the step
 */
public record UpdateDirection(
    StepId step,
    Combination combination,
    double klWeight,
    GramMatrix gram,
    @Nullable ScopeAudit audit,
    @Nullable BatchUnion union) {

  /** Creates the direction for one collector's batch alone. */
  public UpdateDirection(
      StepId step,
      Combination combination,
      double klWeight,
      GramMatrix gram,
      @Nullable ScopeAudit audit) {
    this(step, combination, klWeight, gram, audit, null);
  }

  /** Creates the direction of a step that was not audited. */
  public UpdateDirection(StepId step, Combination combination, double klWeight, GramMatrix gram) {
    this(step, combination, klWeight, gram, null);
  }

  /**
   * Whether this is the direction of this very measurement. The step's name alone does not say so:
   * before a restart it may have named another batch.
   */
  public boolean answers(ObjectiveGradients gradients) {
    GramMatrix answered = union == null ? gram : union.ofPart();
    return step.equals(gradients.step()) && answered.equals(gradients.gram());
  }

  /** Whether the two are answers of one decision, to whomever. */
  public boolean isSameDecisionAs(UpdateDirection other) {
    return combination.equals(other.combination)
        && klWeight == other.klWeight
        && gram.equals(other.gram);
  }

  /** How much of the step the answered batch is. */
  public BatchShare shareOf(StepStatistics part) {
    return union == null ? BatchShare.WHOLE : union.shareOf(part);
  }

  /** How many gradient parts make the version. */
  public int parts() {
    return union == null ? 1 : union.parts();
  }

  /** This decision as the answer to one of the collectors that it was made for. */
  UpdateDirection forPart(ObjectiveGradients part, int parts, StepStatistics whole) {
    return new UpdateDirection(
        part.step(),
        combination,
        klWeight,
        gram,
        null,
        new BatchUnion(part.gram(), parts, whole.rollouts(), whole.responseTokens()));
  }
}
