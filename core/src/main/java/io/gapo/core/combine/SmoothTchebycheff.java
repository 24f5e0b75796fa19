package io.gapo.core.combine;

import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Smooth Tchebycheff scalarisation (Lin et al., ICML 2024, arXiv 2402.19078): the objective that is
 * furthest from its ideal, by the user's weights, gains weight. Unlike fixed weights it reaches
 * Pareto optima where the front is not convex.
 *
 * <p>It descends {@code μ ln Σ exp(yᵢ/μ)} with {@code yᵢ = λᵢ(zᵢ − rᵢ)} and the mean score rᵢ, so
 * {@code wᵢ = λᵢ exp(yᵢ/μ)/Σ exp(yⱼ/μ)} on the raw gradients. The sum is over all objectives of the
 * run, whether they have a gradient in this step or not.
 *
 * @param preference λ
 * @param ideal z, the score that would be best of each objective, by name; 0 of those not named
 * @param mu μ, above 0: towards 0 only the furthest objective counts, towards infinity each counts
 *     by its λ
 */
public record SmoothTchebycheff(Preference preference, SortedMap<String, Double> ideal, double mu)
    implements GradientCombiner {

  public SmoothTchebycheff {
    ideal = Collections.unmodifiableSortedMap(new TreeMap<>(ideal));
    if (!ideal.values().stream().allMatch(Double::isFinite)) {
      throw new IllegalArgumentException("ideal scores must be finite, was " + ideal);
    }
    if (!(mu > 0 && Double.isFinite(mu))) {
      throw new IllegalArgumentException("mu must be > 0 and finite, was " + mu);
    }
  }

  @Override
  public Combination combine(MeasuredObjectives objectives) {
    double[] shares = preference.sharesFor(objectives);
    SortedMap<String, Double> distances = new TreeMap<>();
    objectives
        .meanScores()
        .forEach(
            (name, score) ->
                distances.put(
                    name,
                    preference.shares().getOrDefault(name, 0.0)
                        * (ideal.getOrDefault(name, 0.0) - score)));
    double furthest = distances.values().stream().max(Double::compare).orElseThrow();
    distances.replaceAll((name, distance) -> Math.exp((distance - furthest) / mu));
    double sum = distances.values().stream().mapToDouble(Double::doubleValue).sum();
    double[] weights = new double[shares.length];
    Arrays.setAll(
        weights,
        i -> shares[i] * distances.getOrDefault(objectives.objectives().get(i), 0.0) / sum);
    return Combination.ofWeights(weights);
  }
}
