package io.gapo.core.combine;

/**
 * Another combiner, which sees every gradient shortened to a longest length: one objective's
 * outlier cannot outweigh the others in the step it occurs in.
 *
 * <p>By default gradients are clipped after they are combined, all by one factor, which leaves the
 * direction as it is. Methods that divide by the norm (GAPO at p = 1, P-GAPO) see no difference.
 *
 * @param longest norm that a gradient may have, above 0
 */
public record ClippedGradients(GradientCombiner combiner, double longest)
    implements GradientCombiner {

  public ClippedGradients {
    if (!(longest > 0 && Double.isFinite(longest))) {
      throw new IllegalArgumentException("longest norm must be > 0, was " + longest);
    }
  }

  @Override
  public Combination combine(MeasuredObjectives objectives) {
    double[][] rows = objectives.gram().toRows();
    double[] factors = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      double norm = objectives.gram().norm(i);
      factors[i] = norm > longest ? longest / norm : 1;
    }
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows.length; j++) {
        rows[i][j] *= factors[i] * factors[j];
      }
    }
    Combination combination =
        combiner.combine(objectives.by(GramMatrix.of(rows, objectives.gram().resolution())));
    double[] weights = combination.weights();
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= factors[i];
    }
    return new Combination(
        combination.alpha(),
        weights,
        combination.dualityGap(),
        combination.leftOut(),
        combination.memory());
  }

  @Override
  public void requireUsable(MethodMemory memory) {
    combiner.requireUsable(memory);
  }
}
