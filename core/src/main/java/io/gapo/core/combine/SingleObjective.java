package io.gapo.core.combine;

/**
 * PPO on one objective alone.
 *
 * @param index of the objective, from 0 in the run's order
 */
public record SingleObjective(int index) implements GramCombiner {

  public SingleObjective {
    if (index < 0) {
      throw new IllegalArgumentException("objective index must be >= 0, was " + index);
    }
  }

  @Override
  public Combination combine(GramMatrix gram) {
    requireObjective(index, gram.objectives());
    double[] shares = new double[gram.objectives()];
    shares[index] = 1;
    return new Combination(shares, shares, 0);
  }

  static void requireObjective(int index, int objectives) {
    if (index >= objectives) {
      throw new IllegalArgumentException(
          "there is no objective %s: the run has %s, counted from 0".formatted(index, objectives));
    }
  }
}
