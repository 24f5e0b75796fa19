package io.gapo.core.combine;

/**
 * RACO (Chen et al., ICML 2026, arXiv 2602.02495, Algorithm 1, "CAGrad-Clip"): the user's weighted
 * gradient, corrected towards the objectives that it helps least, but for none of them by more than
 * the user asked for.
 *
 * <p>{@code d = g₀ + c‖g₀‖ g̃/‖g̃‖} with {@code g₀ = Σ λᵢgᵢ}, {@code g̃ = Σ min(pᵢ, λᵢ) gᵢ} and
 * CAGrad's {@code p = argmin g_p·g₀ + c‖g₀‖‖g_p‖} over the simplex. The clipped weights are not
 * scaled to sum to 1 again. So an objective that nobody asked for has no part in the step.
 *
 * <p>Where g₀ or g̃ is 0, or no direction within the radius is better than g₀, the answer is g₀.
 * Collinear gradients leave p open, and with it what clipping takes off; which of the answers is
 * given is not defined.
 *
 * @param preference λ
 * @param c in [0, 1): 0 is the weighted gradient
 */
public record ClippedConflictAverse(Preference preference, double c) implements GradientCombiner {

  public ClippedConflictAverse {
    if (!(c >= 0 && c < 1)) {
      throw new IllegalArgumentException("c must be in [0, 1), was " + c);
    }
  }

  @Override
  public Combination combine(MeasuredObjectives objectives) {
    GramMatrix gram = objectives.gram();
    double[] shares = preference.sharesFor(objectives);
    double[] clipped = ConflictAverse.worstOff(gram, shares, c);
    double terms = 0;
    for (int i = 0; i < clipped.length; i++) {
      clipped[i] = Math.min(clipped[i], shares[i]);
      terms += clipped[i] * gram.norm(i);
    }
    if (gram.norm(clipped) <= gram.resolution() * terms) {
      return Combination.ofWeights(shares);
    }
    return Combination.ofWeights(ConflictAverse.corrected(gram, shares, c, clipped));
  }
}
