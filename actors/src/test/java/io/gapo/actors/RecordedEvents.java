package io.gapo.actors;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoredRollout;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Records what the stages tell their listener. */
public final class RecordedEvents implements PipelineListener {

  public final Set<String> phases = ConcurrentHashMap.newKeySet();
  public final Set<Stage> waits = ConcurrentHashMap.newKeySet();
  public final Queue<Rollout> rollouts = new ConcurrentLinkedQueue<>();
  public final Queue<Settlement> settlements = new ConcurrentLinkedQueue<>();
  public final Queue<PolicyVersion> adopted = new ConcurrentLinkedQueue<>();
  public final Queue<List<ScoredRollout>> measured = new ConcurrentLinkedQueue<>();
  public final Queue<String> refusals = new ConcurrentLinkedQueue<>();
  public final Queue<VersionLineage> versions = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<Map.Entry<String, Double>> scores = new LinkedBlockingQueue<>();
  private final BlockingQueue<Awaited> awaited = new LinkedBlockingQueue<>();
  public final AtomicInteger skipped = new AtomicInteger();
  public final AtomicInteger tokens = new AtomicInteger();
  public volatile int outstanding;
  public volatile int limit;

  /** Who waited for an objective's scores at some moment. */
  public record Awaited(String objective, int rollouts, Duration longest) {}

  @Override
  public void scored(String objective, double meanScore) {
    scores.add(Map.entry(objective, meanScore));
  }

  @Override
  public void scoresAwaited(String objective, int rollouts, Duration longest) {
    awaited.add(new Awaited(objective, rollouts, longest));
  }

  /** Returns when a mean score of this objective has been told, which must be this. */
  public void awaitScored(String objective, double mean) {
    assertThat(take(scores, each -> each.getKey().equals(objective)).getValue()).isEqualTo(mean);
  }

  /** The next that was told of an objective's wait for which {@code condition} holds. */
  public Awaited awaitAwaited(String objective, Predicate<Awaited> condition) {
    return take(awaited, each -> each.objective().equals(objective) && condition.test(each));
  }

  private static <E> E take(BlockingQueue<E> events, Predicate<E> condition) {
    try {
      while (true) {
        @Nullable E event = events.poll(1, TimeUnit.MINUTES);
        assertThat(event).as("an event within a minute").isNotNull();
        if (condition.test(requireNonNull(event))) {
          return event;
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

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
  public void batchMeasured(
      PolicyVersion version, List<String> objectives, List<ScoredRollout> batch) {
    measured.add(batch);
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
