package io.gapo.streams.sample;

import io.gapo.core.lineage.LineageRecord;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.Score;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Joins rollouts with what was written of them later. A score joins the very sampling that it
 * scored; a fate is that of all samplings of its id.
 */
final class SampleJoin {

  private final List<SampledResponse> responses;
  private final List<String> objectives;
  private final Map<String, List<SampledResponse>> byId = new HashMap<>();

  /** By digest of the sampling, then by objective. */
  private final Map<String, Map<String, Double>> scores = new HashMap<>();

  /** By digest of the sampling. */
  private final Map<String, RolloutFate> fates = new HashMap<>();

  private int scoresOfOtherSamplings;

  /**
   * @param objectives that come first in the result, in this order
   */
  SampleJoin(List<SampledResponse> responses, List<String> objectives) {
    this.responses = List.copyOf(responses);
    this.objectives = List.copyOf(objectives);
    for (SampledResponse response : responses) {
      byId.computeIfAbsent(response.id(), unseen -> new ArrayList<>()).add(response);
      scores.put(response.digest(), new TreeMap<>());
    }
  }

  void add(Score score) {
    Map<String, Double> ofSampling = scores.get(score.rolloutDigest());
    if (ofSampling != null) {
      // As in training, the first counts.
      ofSampling.putIfAbsent(score.objective(), score.value());
    } else if (byId.containsKey(score.rolloutId())) {
      scoresOfOtherSamplings++;
    }
  }

  void add(LineageRecord record) {
    for (RolloutReference rollout : record.rollouts()) {
      for (SampledResponse response : byId.getOrDefault(rollout.id(), List.of())) {
        RolloutFate fate = RolloutFate.of(record, rollout.digest().equals(response.digest()));
        fates.merge(
            response.digest(), fate, (known, other) -> other.outweighs(known) ? other : known);
      }
    }
  }

  /** In the order of the responses. */
  List<Sample> samples() {
    return responses.stream()
        .map(
            response ->
                new Sample(
                    response,
                    ordered(scores.getOrDefault(response.digest(), Map.of())),
                    fates.getOrDefault(response.digest(), RolloutFate.NONE_YET)))
        .toList();
  }

  private Map<String, Double> ordered(Map<String, Double> byName) {
    Map<String, Double> ordered = new LinkedHashMap<>();
    for (String objective : objectives) {
      Double value = byName.get(objective);
      if (value != null) {
        ordered.put(objective, value);
      }
    }
    byName.forEach(ordered::putIfAbsent);
    return ordered;
  }

  /** Those that lack the score of an objective, by objective; without those that lack none. */
  Map<String, Long> missing() {
    Map<String, Long> missing = new LinkedHashMap<>();
    for (String objective : objectives) {
      long without =
          scores.values().stream().filter(known -> !known.containsKey(objective)).count();
      if (without > 0) {
        missing.put(objective, without);
      }
    }
    return missing;
  }

  /** Scores of a response that was sampled under the same id, and is none of these. */
  int scoresOfOtherSamplings() {
    return scoresOfOtherSamplings;
  }
}
