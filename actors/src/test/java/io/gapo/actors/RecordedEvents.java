package io.gapo.actors;

import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.core.rollout.Rollout;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Records what the stages tell their listener. */
public final class RecordedEvents implements PipelineListener {

  public final Set<String> phases = ConcurrentHashMap.newKeySet();
  public final Set<Stage> waits = ConcurrentHashMap.newKeySet();
  public final Queue<Rollout> rollouts = new ConcurrentLinkedQueue<>();
  public final Queue<Settlement> settlements = new ConcurrentLinkedQueue<>();
  public final Queue<PolicyVersion> adopted = new ConcurrentLinkedQueue<>();
  public final Queue<String> refusals = new ConcurrentLinkedQueue<>();
  public final Queue<VersionLineage> versions = new ConcurrentLinkedQueue<>();
  public final AtomicInteger skipped = new AtomicInteger();
  public final AtomicInteger tokens = new AtomicInteger();
  public volatile int outstanding;
  public volatile int limit;

  @Override
  public void phase(Stage stage, String phase, Duration duration) {
    phases.add(stage + "/" + phase);
  }

  @Override
  public void waited(Stage stage, Duration duration) {
    waits.add(stage);
  }

  @Override
  public void tokensSampled(int sampled) {
    tokens.addAndGet(sampled);
  }

  @Override
  public void rolloutFinished(Rollout rollout) {
    rollouts.add(rollout);
  }

  @Override
  public void outstandingRollouts(int rollouts, int quota) {
    outstanding = rollouts;
    limit = quota;
  }

  @Override
  public void settled(Settlement settlement) {
    settlements.add(settlement);
  }

  @Override
  public void settledSkipped(Stage stage) {
    skipped.incrementAndGet();
  }

  @Override
  public void versionAdopted(Stage stage, PolicyVersion version) {
    adopted.add(version);
  }

  @Override
  public void stepRefused(String reason) {
    refusals.add(reason);
  }

  @Override
  public void versionMade(VersionLineage lineage) {
    versions.add(lineage);
  }

  public List<String> settledIds() {
    return settlements.stream().map(settlement -> settlement.rollout().id()).toList();
  }
}
