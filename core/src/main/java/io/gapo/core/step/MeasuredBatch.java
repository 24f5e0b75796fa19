package io.gapo.core.step;

import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.LinearGradients;
import java.util.Optional;

/**
 * What a gradient collector learns of a batch before the update's direction is known.
 *
 * @param gram inner products of the objectives' gradients over the layers that weigh them
 * @param fullGram the same over everything trainable, if this step is audited
 * @param linear the gradients themselves, where several collectors' are added
 */
public record MeasuredBatch(
    GramMatrix gram,
    Optional<GramMatrix> fullGram,
    StepStatistics statistics,
    Optional<LinearGradients> linear) {}
