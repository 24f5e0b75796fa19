package io.gapo.ops.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.core.rollout.Rollout;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What the listener of all pipelines of a test received. */
final class PipelineWatch implements PipelineListener {

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final AtomicInteger skipped = new AtomicInteger();
  private final AtomicInteger rewardless = new AtomicInteger();
  private final AtomicInteger finished = new AtomicInteger();
  private final AtomicInteger outstanding = new AtomicInteger();
  private final AtomicInteger mostOutstanding = new AtomicInteger();
  private final AtomicInteger limit = new AtomicInteger();
  private final AtomicLong version = new AtomicLong();
  private final Queue<VersionLineage> made = new ConcurrentLinkedQueue<>();
  private final Map<String, Queue<Double>> meanScores = new ConcurrentHashMap<>();
  private final Map<String, Duration> longestWaits = new ConcurrentHashMap<>();
  private final Set<PromptPreference> preferences = ConcurrentHashMap.newKeySet();

  @Override
  public void rolloutFinished(Rollout rollout) {
    rollout.preference().ifPresent(preferences::add);
    finished.incrementAndGet();
  }

  @Override
  public void outstandingRollouts(int rollouts, int quota) {
    outstanding.set(rollouts);
    mostOutstanding.accumulateAndGet(rollouts, Math::max);
    limit.set(quota);
  }

  @Override
  public void quarantined(Stage stage, String topic) {
    if (stage == Stage.REWARD_SCORER) {
      rewardless.incrementAndGet();
    }
  }

  @Override
  public void scored(String objective, double meanScore) {
    meanScores.computeIfAbsent(objective, name -> new ConcurrentLinkedQueue<>()).add(meanScore);
  }

  @Override
  public void scoresAwaited(String objective, int rollouts, Duration longest) {
    longestWaits.merge(objective, longest, (a, b) -> a.compareTo(b) > 0 ? a : b);
  }

  @Override
  public void settledSkipped(Stage stage) {
    skipped.incrementAndGet();
  }

  @Override
  public void versionMade(VersionLineage lineage) {
    version.set(lineage.version().number());
    made.add(lineage);
  }

  /** The means of this objective's scores, in the order in which they were told. */
  List<Double> meanScores(String objective) {
    return List.copyOf(meanScores.getOrDefault(objective, new ConcurrentLinkedQueue<>()));
  }

  /** The longest that a rollout has waited for a score of this objective. */
  Duration longestWait(String objective) {
    return longestWaits.getOrDefault(objective, Duration.ZERO);
  }

  /** Rollouts that the reward scorer put in quarantine. */
  int rewardless() {
    return rewardless.get();
  }

  int finished() {
    return finished.get();
  }

  /** Prompts and rollouts that were passed over because they were settled before. */
  int skipped() {
    return skipped.get();
  }

  int outstanding() {
    return outstanding.get();
  }

  int mostOutstanding() {
    return mostOutstanding.get();
  }

  int limit() {
    return limit.get();
  }

  /** Number of the newest version made. */
  long version() {
    return version.get();
  }

  /** All versions made, in order. */
  List<VersionLineage> made() {
    return List.copyOf(made);
  }

  Set<PromptPreference> preferences() {
    return Set.copyOf(preferences);
  }

  /** Waits until the stages, which send no signal, have come to some state. */
  void awaitUntil(String what, Pipeline pipeline, BooleanSupplier condition) throws Exception {
    awaitUntil(what, () -> pipeline.failure().isDone() || condition.getAsBoolean());
    if (pipeline.failure().isDone()) {
      pipeline.failure().get(1, TimeUnit.SECONDS);
    }
  }

  /** Waits until something that sends no signal has come to some state. */
  static void awaitUntil(String what, BooleanSupplier condition) {
    long giveUpAt = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waiting until " + what).isLessThan(giveUpAt);
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }
}
