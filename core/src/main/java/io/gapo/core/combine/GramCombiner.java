package io.gapo.core.combine;

/** A combiner that looks at the gradients' geometry only, and learns nothing. */
@FunctionalInterface
public interface GramCombiner extends GradientCombiner {

  /** Weights on the raw gradients whose inner products are {@code gram}. */
  Combination combine(GramMatrix gram);

  @Override
  default Combination combine(MeasuredObjectives objectives) {
    return combine(objectives.gram());
  }
}
