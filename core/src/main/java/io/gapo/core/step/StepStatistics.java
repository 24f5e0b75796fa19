package io.gapo.core.step;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What one batch looked like under the policy that it trains.
 *
 * @param perObjective in the run's order
 * @param rollouts in the batch
 * @param responseTokens in the batch
 * @param phaseSeconds how long each phase of the step took, by phase name
 */
public record StepStatistics(
    List<ObjectiveStatistics> perObjective,
    int rollouts,
    long responseTokens,
    PolicyStatistics policy,
    ImportanceRatios ratios,
    Staleness staleness,
    Map<String, Double> phaseSeconds) {

  public StepStatistics {
    perObjective = List.copyOf(perObjective);
    phaseSeconds = Map.copyOf(phaseSeconds);
    if (perObjective.isEmpty()) {
      throw new IllegalArgumentException("expected statistics of at least one objective");
    }
  }

  /** The statistics of a batch without rollouts. */
  public static StepStatistics none(List<String> objectives) {
    return new StepStatistics(
        objectives.stream().map(ObjectiveStatistics::none).toList(),
        0,
        0,
        PolicyStatistics.NONE,
        ImportanceRatios.NONE,
        Staleness.NONE,
        Map.of());
  }

  /** The objectives' names, in the run's order. */
  public List<String> objectives() {
    return perObjective.stream().map(ObjectiveStatistics::objective).toList();
  }

  /** The mean score of each objective, in the run's order; higher is better. */
  public List<Double> meanScores() {
    return perObjective.stream().map(ObjectiveStatistics::meanScore).toList();
  }

  /** The share of the rollouts that each objective scored below 0, by its name. */
  public SortedMap<String, Double> violations() {
    SortedMap<String, Double> violations = new TreeMap<>();
    perObjective.forEach(each -> violations.put(each.objective(), 1 - each.nonNegativeShare()));
    return violations;
  }

  /** A copy with the duration of one more phase. */
  public StepStatistics withPhase(String phase, double seconds) {
    Map<String, Double> phases = new HashMap<>(phaseSeconds);
    phases.put(phase, seconds);
    return new StepStatistics(
        perObjective, rollouts, responseTokens, policy, ratios, staleness, phases);
  }

  /**
   * The statistics of a batch made of these: means over rollouts and over tokens weigh each part by
   * its number of them, a phase takes as long as in the slowest part.
   *
   * @param parts at least one, all of the same objectives
   */
  public static StepStatistics of(List<StepStatistics> parts) {
    StepStatistics first = parts.get(0);
    if (parts.size() == 1) {
      return first;
    }
    for (StepStatistics part : parts) {
      if (!part.objectives().equals(first.objectives())) {
        throw new IllegalArgumentException(
            "expected statistics of %s, was of %s"
                .formatted(first.objectives(), part.objectives()));
      }
    }
    UnionMean overRollouts = UnionMean.by(parts, StepStatistics::rollouts);
    UnionMean overTokens = UnionMean.by(parts, StepStatistics::responseTokens);
    Map<String, Double> phases = new HashMap<>();
    parts.forEach(part -> part.phaseSeconds.forEach((k, v) -> phases.merge(k, v, Math::max)));
    return new StepStatistics(
        IntStream.range(0, first.perObjective.size())
            .mapToObj(
                i ->
                    ObjectiveStatistics.ofUnion(
                        each(parts, part -> part.perObjective.get(i)), overRollouts))
            .toList(),
        parts.stream().mapToInt(StepStatistics::rollouts).sum(),
        parts.stream().mapToLong(StepStatistics::responseTokens).sum(),
        PolicyStatistics.ofUnion(each(parts, StepStatistics::policy), overTokens),
        ImportanceRatios.ofUnion(each(parts, StepStatistics::ratios), overTokens),
        Staleness.ofUnion(each(parts, StepStatistics::staleness), overRollouts),
        phases);
  }

  private static <G> List<G> each(List<StepStatistics> parts, Function<StepStatistics, G> group) {
    return parts.stream().map(group).toList();
  }
}
