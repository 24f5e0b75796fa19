package io.gapo.core.step;

import io.gapo.core.combine.Combination;
import io.gapo.core.combine.GramMatrix;
import org.jspecify.annotations.Nullable;

/**
 * From combiner to gradient collector: the weights of the step's one backward pass.
 *
 * @param klWeight of the KL divergence as a loss of its own: above 0 only while the KL watch holds
 *     the policy back, and then all objectives' weights are 0
 * @param gram that the weights were solved for
 * @param audit of the layers that {@code gram} is over; null where the step was not audited
 */
public record UpdateDirection(
    StepId step,
    Combination combination,
    double klWeight,
    GramMatrix gram,
    @Nullable ScopeAudit audit) {

  /** Of a step that was not audited. */
  public UpdateDirection(StepId step, Combination combination, double klWeight, GramMatrix gram) {
    this(step, combination, klWeight, gram, null);
  }
}
