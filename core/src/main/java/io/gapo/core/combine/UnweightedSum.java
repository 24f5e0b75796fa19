package io.gapo.core.combine;

import java.util.Arrays;

/** The sum of the objectives: every weight is 1. */
public record UnweightedSum() implements GramCombiner {

  @Override
  public Combination combine(GramMatrix gram) {
    double[] weights = new double[gram.objectives()];
    Arrays.fill(weights, 1);
    return Combination.ofWeights(weights);
  }
}
