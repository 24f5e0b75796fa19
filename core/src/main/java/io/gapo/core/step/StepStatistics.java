package io.gapo.core.step;

import io.gapo.core.ppo.LossAggregation;
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
 * @param aggregation what the losses are of their tokens'
 * @param phaseSeconds how long each phase of the step took, by phase name
 */
public record StepStatistics(
    List<ObjectiveStatistics> perObjective,
    int rollouts,
    long responseTokens,
    LossAggregation aggregation,
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

  /** Statistics whose losses are means over sequences. */
  public StepStatistics(
      List<ObjectiveStatistics> perObjective,
      int rollouts,
      long responseTokens,
      PolicyStatistics policy,
      ImportanceRatios ratios,
      Staleness staleness,
      Map<String, Double> phaseSeconds) {
    this(
        perObjective,
        rollouts,
        responseTokens,
        LossAggregation.SEQUENCE_MEAN,
        policy,
        ratios,
        staleness,
        phaseSeconds);
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
        perObjective, rollouts, responseTokens, aggregation, policy, ratios, staleness, phases);
  }

  /** How much of a batch of so many rollouts and tokens this one is. */
  BatchShare shareOf(int wholeRollouts, long wholeTokens) {
    return new BatchShare((double) rollouts / wholeRollouts, (double) responseTokens / wholeTokens);
  }

  /** How much this batch's losses count in those of a union. */
  double lossShareOf(StepStatistics union) {
    return shareOf(union.rollouts, union.responseTokens).ofLosses(aggregation);
  }

  /**
   * The statistics of a batch made of these: means over rollouts and over tokens weigh each part by
   * its number of them, a phase takes as long as in the slowest part.
   *
   * @param parts at least one, all of the same objectives, with losses aggregated alike
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
      if (part.aggregation != first.aggregation) {
        throw new IllegalArgumentException(
            "losses of collectors do not add up, of which one has %s and another %s: set"
                    .formatted(first.aggregation, part.aggregation)
                + " gapo.training.loss-aggregation alike in all processes");
      }
    }
    UnionMean overRollouts = UnionMean.by(parts, StepStatistics::rollouts);
    UnionMean overTokens = UnionMean.by(parts, StepStatistics::responseTokens);
    UnionMean ofLosses = first.aggregation.isOverTokens() ? overTokens : overRollouts;
    Map<String, Double> phases = new HashMap<>();
    parts.forEach(part -> part.phaseSeconds.forEach((k, v) -> phases.merge(k, v, Math::max)));
    return new StepStatistics(
        IntStream.range(0, first.perObjective.size())
            .mapToObj(
                i ->
                    ObjectiveStatistics.ofUnion(
                        each(parts, part -> part.perObjective.get(i)), overRollouts, ofLosses))
            .toList(),
        parts.stream().mapToInt(StepStatistics::rollouts).sum(),
        parts.stream().mapToLong(StepStatistics::responseTokens).sum(),
        first.aggregation,
        PolicyStatistics.ofUnion(each(parts, StepStatistics::policy), overTokens),
        ImportanceRatios.ofUnion(each(parts, StepStatistics::ratios), overTokens),
        Staleness.ofUnion(each(parts, StepStatistics::staleness), overRollouts),
        phases);
  }

  private static <G> List<G> each(List<StepStatistics> parts, Function<StepStatistics, G> group) {
    return parts.stream().map(group).toList();
  }
}
