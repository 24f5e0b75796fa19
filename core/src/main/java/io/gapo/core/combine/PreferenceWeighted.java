package io.gapo.core.combine;

/**
 * P-GAPO(λ): the user's preference on gradients of unit length, {@code wᵢ = λᵢ/nᵢ}, without a solve
 * (Li et al., ACL 2025, arXiv 2507.01915).
 *
 * <p>An objective whose gradient is zero is skipped: its share and weight are 0, those of the
 * others stay what they are. What is zero but for rounding has to be told apart before, see {@link
 * WithoutShortGradients}.
 */
public record PreferenceWeighted(Preference preference) implements GradientCombiner {

  @Override
  public Combination combine(MeasuredObjectives objectives) {
    GramMatrix gram = objectives.gram();
    double[] alpha = preference.sharesFor(objectives);
    double[] weights = new double[alpha.length];
    for (int i = 0; i < alpha.length; i++) {
      if (gram.norm(i) < GradientAdaptive.SHORTEST) {
        alpha[i] = 0;
      } else {
        weights[i] = alpha[i] / gram.norm(i);
      }
    }
    return new Combination(alpha, weights, 0);
  }
}
