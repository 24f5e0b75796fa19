package io.gapo.runtime.gradients;

import io.gapo.core.settings.Bounds;
import io.gapo.core.settings.InvalidSettingException;
import io.gapo.runtime.trainable.GradientScope;
import java.util.Optional;

/**
 * By which of their gradients the objectives are weighed.
 *
 * <p>The last layer is the output layer over the vocabulary; where it is tied to the embedding, its
 * use as output layer only.
 *
 * @param scope layers whose gradients weigh the objectives
 * @param auditEvery policy versions after which one step is also measured over everything
 *     trainable; 0 for never
 * @param sum how the gradients go to the combiner where several collectors' are added; empty where
 *     one collector makes every step alone
 */
public record GradientComparison(GradientScope scope, int auditEvery, Optional<GradientSum> sum) {

  /** By the last layer, of a collector that is alone. */
  public static final GradientComparison LAST_LAYER =
      new GradientComparison(GradientScope.LAST_LAYER, 0, Optional.empty());

  public GradientComparison {
    Bounds.atLeast("audit-every", auditEvery, 0);
    if (sum.isPresent() && scope != GradientScope.LAST_LAYER) {
      throw new InvalidSettingException(
          "gradient-scope", "must be last-layer where there are several gradient collectors");
    }
    if (sum.isPresent() && auditEvery > 0) {
      throw new InvalidSettingException(
          "audit-every",
          "must be 0 where there are several gradient collectors: Gram matrices of several batches"
              + " do not add up");
    }
  }
}
