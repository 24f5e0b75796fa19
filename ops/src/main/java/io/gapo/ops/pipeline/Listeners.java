package io.gapo.ops.pipeline;

import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.rollout.PolicyVersion;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.telemetry.PipelineListener;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Tells several listeners what happens, in their order. */
record Listeners(List<PipelineListener> all) implements PipelineListener {

  Listeners {
    all = List.copyOf(all);
  }

  private void tell(Consumer<PipelineListener> event) {
    all.forEach(event);
  }

  @Override
  public void phase(String stage, String phase, Duration duration) {
    tell(listener -> listener.phase(stage, phase, duration));
  }

  @Override
  public void waited(String stage, Duration duration) {
    tell(listener -> listener.waited(stage, duration));
  }

  @Override
  public void recordTaken(String stage, String topic, Duration age) {
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
  public void quarantined(String stage, String topic) {
    tell(listener -> listener.quarantined(stage, topic));
  }

  @Override
  public void transferSkipped(String stage, String topic, String reason) {
    tell(listener -> listener.transferSkipped(stage, topic, reason));
  }

  @Override
  public void settled(Settlement settlement) {
    tell(listener -> listener.settled(settlement));
  }

  @Override
  public void versionAdopted(String stage, PolicyVersion version) {
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
