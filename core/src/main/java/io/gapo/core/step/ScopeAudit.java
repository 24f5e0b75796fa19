package io.gapo.core.step;

import io.gapo.core.combine.Combination;
import io.gapo.core.combine.GramMatrix;
import java.util.Arrays;
import java.util.List;

/**
 * How a step's choice, made by the gradients of some layers, compares with the one that the
 * gradients of everything trainable would have led to.
 *
 * @param gram inner products of the objectives' gradients over everything trainable
 * @param alpha shares that the combiner would have chosen by it
 * @param cosine of the angle between the two directions over everything trainable; NaN where one of
 *     them is 0
 */
public record ScopeAudit(GramMatrix gram, List<Double> alpha, double cosine) {

  public ScopeAudit {
    alpha = List.copyOf(alpha);
  }

  /**
   * Compares two choices.
   *
   * @param full inner products over everything trainable
   */
  static ScopeAudit of(Combination chosen, GramMatrix full, Combination byFull) {
    double[] first = chosen.weights();
    double[] second = byFull.weights();
    double product = 0;
    for (int i = 0; i < first.length; i++) {
      for (int j = 0; j < second.length; j++) {
        product += first[i] * second[j] * full.at(i, j);
      }
    }
    double norms = full.norm(first) * full.norm(second);
    return new ScopeAudit(
        full,
        Arrays.stream(byFull.alpha()).boxed().toList(),
        norms > 0 ? Math.max(-1, Math.min(1, product / norms)) : Double.NaN);
  }
}
