package io.gapo.core.ppo;

import java.util.stream.IntStream;

/**
 * Every objective's rewards are normalised within their prompt's group before they are added up, so
 * that none counts by its scale: {@code A = Σ wₖzₖ}.
 *
 * <p>Whitened over the batch, {@code (A − mean)/deviation} over its responses, it is GDPO (Liu et
 * al., arXiv 2601.05242); not whitened and with weights of 1, MO-GRPO (Ichihara et al., arXiv
 * 2509.22047).
 *
 * <p>An objective that scores a group's responses alike adds nothing there. A batch whose sums are
 * all alike has advantages of 0.
 *
 * @param whitened whether the sums are whitened over the batch
 */
public record DecoupledNormalisation(boolean whitened) implements AdvantageCombination {

  @Override
  public double[] combine(GroupedScores scores, double[] weights) {
    double[] sums = new double[scores.responses()];
    for (int k = 0; k < scores.objectives(); k++) {
      double[] normalised = scores.normalisedInGroups(scores.rewards()[k]);
      for (int i = 0; i < sums.length; i++) {
        sums[i] += weights[k] * normalised[i];
      }
    }
    if (whitened) {
      GroupedScores.normalise(sums, IntStream.range(0, sums.length).boxed().toList(), sums);
    }
    return sums;
  }
}
