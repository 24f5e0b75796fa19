package io.gapo.core.combine;

/**
 * PPO on one objective alone.
 *
 * @param objective its name
 */
public record SingleObjective(String objective) implements GradientCombiner {

  @Override
  public Combination combine(MeasuredObjectives objectives) {
    objectives.requireKnown(objective);
    double[] shares =
        objectives.objectives().stream()
            .mapToDouble(name -> name.equals(objective) ? 1 : 0)
            .toArray();
    return new Combination(shares, shares, 0);
  }
}
