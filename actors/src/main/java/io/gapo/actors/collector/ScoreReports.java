package io.gapo.actors.collector;

import io.gapo.core.flow.AwaitedScores;
import io.gapo.core.flow.AwaitedScores.Change;
import io.gapo.core.flow.AwaitedScores.Wait;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.rollout.Score;
import io.gapo.core.rollout.ScoreRecord;
import io.gapo.core.settings.DurationText;
import java.time.Duration;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;

/**
 * Reports which rollouts wait for scores, and the scores that no stage makes. Waiting too long is
 * logged once when it begins and once when it ends, however many rollouts it concerns.
 */
final class ScoreReports {

  private final ScoreArrivals arrivals;
  private final PipelineListener listener;
  private final Logger log;
  private final AwaitedScores awaited = new AwaitedScores();
  private final Map<String, DoubleSummaryStatistics> unreported = new HashMap<>();

  ScoreReports(ScoreArrivals arrivals, PipelineListener listener, Logger log) {
    this.arrivals = arrivals;
    this.listener = listener;
    this.log = log;
  }

  void arrived(String rolloutId, long nowNanos) {
    awaited.arrived(rolloutId, nowNanos);
  }

  void settled(String rolloutId) {
    awaited.settled(rolloutId);
  }

  void arrived(ScoreRecord record) {
    if (record instanceof Score score && arrivals.external().contains(score.objective())) {
      unreported
          .computeIfAbsent(score.objective(), objective -> new DoubleSummaryStatistics())
          .accept(score.value());
    }
  }

  /**
   * Reports what there is now.
   *
   * @param awaiting ids of the rollouts that wait for an objective
   */
  void report(List<String> objectives, Function<String, List<String>> awaiting, long nowNanos) {
    unreported.forEach((objective, scores) -> listener.scored(objective, scores.getAverage()));
    unreported.clear();
    for (String objective : objectives) {
      Duration limit = arrivals.overdueAfter().get(objective);
      if (limit != null) {
        Wait wait = awaited.look(objective, awaiting.apply(objective), limit, nowNanos);
        listener.scoresAwaited(objective, wait.rollouts(), wait.longest());
        wait.change().ifPresent(change -> say(objective, wait, limit, change));
      }
    }
  }

  private void say(String objective, Wait wait, Duration limit, Change change) {
    if (change == Change.ENDED) {
      log.info(
          "No rollout waits for a score of objective '{}' for longer than {} any more",
          objective,
          DurationText.of(limit));
      return;
    }
    log.warn(
        "Objective '{}' is overdue: {} rollouts wait for its scores, {} longest, for {}; {}",
        objective,
        wait.rollouts(),
        wait.oldest().orElseThrow(),
        DurationText.rounded(wait.longest()),
        arrivals.external().contains(objective)
            ? "no stage scores it: see that the process that does so runs, and writes this name"
            : "see that its scorer runs and is not too slow");
  }
}
