package io.gapo.core.combine;

/** Fixed weights on the raw gradients, {@code wᵢ = λᵢ}: PPO on a weighted sum of the objectives. */
public record LinearScalarization(Preference preference) implements GramCombiner {

  @Override
  public Combination combine(GramMatrix gram) {
    double[] shares = preference.sharesFor(gram);
    return new Combination(shares, shares, 0);
  }
}
