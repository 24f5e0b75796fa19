package io.gapo.core.port;

import io.gapo.core.lineage.Settlement;
import io.gapo.core.step.GradientPart;
import io.gapo.core.step.ObjectiveGradients;
import java.util.concurrent.CompletionStage;

/**
 * Where a gradient collector's results go. Each stage completes when the result is durable, and
 * fails if it may not be.
 */
public interface StepPublisher {

  CompletionStage<?> publish(ObjectiveGradients gradients);

  CompletionStage<?> publish(GradientPart part);

  CompletionStage<?> publish(Settlement settlement);
}
