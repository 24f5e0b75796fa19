package io.gapo.core.combine;

/** Fixed weights on the raw gradients, {@code wᵢ = λᵢ}: PPO on a weighted sum of the objectives. */
public record LinearScalarization(Preference preference) implements GradientCombiner {

  @Override
  public Combination combine(MeasuredObjectives objectives) {
    double[] shares = preference.sharesFor(objectives);
    return new Combination(shares, shares, 0);
  }
}
