package io.gapo.core.combine;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Another combiner, which weighs only the objectives that have a gradient in this step: the others
 * are left out, named, with shares and weights of 0.
 *
 * <p>So no method looks for a direction where there is none, and those that stop at a zero gradient
 * (MGDA, Nash-MTL and IMTL-G) do not learn nothing at all from a batch that says nothing about one
 * objective. The scores of all objectives still count: the others' shares of a preference stay what
 * they are, and a multiplier follows the scores of an objective that is left out.
 *
 * @param shortest norm that a gradient must have to count; gradients of norm 0 never do
 */
public record WithoutShortGradients(GradientCombiner combiner, double shortest)
    implements GradientCombiner {

  public WithoutShortGradients {
    if (!(shortest > 0 && Double.isFinite(shortest))) {
      throw new IllegalArgumentException("shortest norm must be > 0, was " + shortest);
    }
  }

  @Override
  public Combination combine(MeasuredObjectives objectives) {
    int m = objectives.objectives().size();
    IntPredicate counts = i -> objectives.gram().norm(i) >= shortest;
    List<Integer> kept = IntStream.range(0, m).filter(counts).boxed().toList();
    if (kept.size() == m) {
      return combiner.combine(objectives);
    }
    List<String> leftOut =
        IntStream.range(0, m)
            .filter(counts.negate())
            .mapToObj(objectives.objectives()::get)
            .toList();
    double[] alpha = new double[m];
    double[] weights = new double[m];
    if (kept.isEmpty()) {
      // The scores are news even where no gradient is.
      return new Combination(alpha, weights, 0, leftOut, combiner.combine(objectives).memory());
    }
    Combination ofKept = combiner.combine(objectives.only(kept));
    double[] keptAlpha = ofKept.alpha();
    double[] keptWeights = ofKept.weights();
    for (int k = 0; k < kept.size(); k++) {
      alpha[kept.get(k)] = keptAlpha[k];
      weights[kept.get(k)] = keptWeights[k];
    }
    return new Combination(alpha, weights, ofKept.dualityGap(), leftOut, ofKept.memory());
  }

  @Override
  public void requireUsable(MethodMemory memory) {
    combiner.requireUsable(memory);
  }
}
