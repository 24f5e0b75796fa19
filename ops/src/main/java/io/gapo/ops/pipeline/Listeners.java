package io.gapo.ops.pipeline;

import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoredRollout;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells several listeners what happens, in their order. One that fails keeps neither the others
 * from being told nor a stage from its work.
 */
final class Listeners implements PipelineListener {

  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  private final List<PipelineListener> all;

  /** Those whose failure is in the log: some events are told for every token. */
  private final Set<PipelineListener> failed = ConcurrentHashMap.newKeySet();

  Listeners(List<PipelineListener> all) {
    this.all = List.copyOf(all);
  }

  private void tell(Consumer<PipelineListener> event) {
    for (PipelineListener listener : all) {
      try {
        event.accept(listener);
      } catch (RuntimeException e) {
        if (failed.add(listener)) {
          LOG.error(
              "{} failed at what it was told: its figures are wrong from now on; it is told the"
                  + " rest, and further failures of it are not logged",
              listener.getClass().getName(),
              e);
        }
      }
    }
  }

  @Override
  public void phase(Stage stage, String phase, Duration duration) {
    tell(listener -> listener.phase(stage, phase, duration));
  }

  @Override
  public void waited(Stage stage, Duration duration) {
    tell(listener -> listener.waited(stage, duration));
  }

  @Override
  public void recordTaken(Stage stage, String topic, Duration age) {
    tell(listener -> listener.recordTaken(stage, topic, age));
  }

  @Override
  public void tokensSampled(int tokens) {
    tell(listener -> listener.tokensSampled(tokens));
  }

  @Override
  public void rolloutFinished(Rollout rollout) {
    tell(listener -> listener.rolloutFinished(rollout));
  }

  @Override
  public void outstandingRollouts(int rollouts, int limit) {
    tell(listener -> listener.outstandingRollouts(rollouts, limit));
  }

  @Override
  public void scored(String objective, double meanScore) {
    tell(listener -> listener.scored(objective, meanScore));
  }

  @Override
  public void scoresAwaited(String objective, int rollouts, Duration longest) {
    tell(listener -> listener.scoresAwaited(objective, rollouts, longest));
  }

  @Override
  public void batchMeasured(
      PolicyVersion version, List<String> objectives, List<ScoredRollout> batch) {
    tell(listener -> listener.batchMeasured(version, objectives, batch));
  }

  @Override
  public void quarantined(Stage stage, String topic) {
    tell(listener -> listener.quarantined(stage, topic));
  }

  @Override
  public void transferSkipped(Stage stage, String topic, String reason) {
    tell(listener -> listener.transferSkipped(stage, topic, reason));
  }

  @Override
  public void settledSkipped(Stage stage) {
    tell(listener -> listener.settledSkipped(stage));
  }

  @Override
  public void settled(Settlement settlement) {
    tell(listener -> listener.settled(settlement));
  }

  @Override
  public void versionAdopted(Stage stage, PolicyVersion version) {
    tell(listener -> listener.versionAdopted(stage, version));
  }

  @Override
  public void stepRefused(String reason) {
    tell(listener -> listener.stepRefused(reason));
  }

  @Override
  public void versionMade(VersionLineage lineage) {
    tell(listener -> listener.versionMade(lineage));
  }
}
