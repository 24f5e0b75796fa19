package io.gapo.actors.collector;

import io.gapo.core.settings.Bounds;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Where scores come from, and when.
 *
 * @param watched objectives that are scored but not trained on
 * @param external objectives that no stage scores, watched ones among them: the collector reports
 *     their scores, which elsewhere the scorer does
 * @param overdueAfter how long a rollout may wait for a score before that is reported, by objective
 *     that is trained on
 * @param unmatchedAfter how long a score may wait for its rollout before it is rejected
 */
public record ScoreArrivals(
    Set<String> watched,
    Set<String> external,
    Map<String, Duration> overdueAfter,
    Duration unmatchedAfter) {

  private static final Duration RAREST_LOOK = Duration.ofSeconds(5);

  public ScoreArrivals {
    watched = Set.copyOf(watched);
    external = Set.copyOf(external);
    overdueAfter = Map.copyOf(overdueAfter);
    overdueAfter.values().forEach(limit -> Bounds.positive("overdue-after", limit));
    Bounds.positive("unmatched-after", unmatchedAfter);
  }

  /** All objectives are trained on and scored by stages. */
  public static ScoreArrivals fromStages(
      List<String> objectives, Duration overdueAfter, Duration unmatchedAfter) {
    return new ScoreArrivals(
        Set.of(),
        Set.of(),
        objectives.stream()
            .collect(Collectors.toMap(Function.identity(), objective -> overdueAfter)),
        unmatchedAfter);
  }

  /** How often to look whether something is overdue, so that it is found soon after it is. */
  Duration lookEvery() {
    return overdueAfter.values().stream()
        .map(limit -> limit.dividedBy(4))
        .filter(quarter -> quarter.compareTo(RAREST_LOOK) < 0)
        .min(Duration::compareTo)
        .orElse(RAREST_LOOK);
  }
}
