package io.gapo.core.combine;

/**
 * P-GAPO(λ): the user's preference on gradients of unit length, {@code wᵢ = λᵢ/nᵢ}, without a solve
 * (Li et al., ACL 2025, arXiv 2507.01915).
 *
 * <p>An objective whose gradient is shorter than the norm floor is skipped: its share and weight
 * are 0, those of the others stay what they are.
 *
 * @param normFloor shortest norm that is divided by
 */
public record PreferenceWeighted(Preference preference, double normFloor)
    implements GradientCombiner {

  public PreferenceWeighted {
    GradientAdaptive.requireNormFloor(normFloor);
  }

  public PreferenceWeighted(Preference preference) {
    this(preference, GradientAdaptive.DEFAULT_NORM_FLOOR);
  }

  @Override
  public Combination combine(MeasuredObjectives objectives) {
    GramMatrix gram = objectives.gram();
    double[] alpha = preference.sharesFor(objectives);
    double[] weights = new double[alpha.length];
    for (int i = 0; i < alpha.length; i++) {
      if (gram.norm(i) < normFloor) {
        alpha[i] = 0;
      } else {
        weights[i] = alpha[i] / gram.norm(i);
      }
    }
    return new Combination(alpha, weights, 0);
  }
}
