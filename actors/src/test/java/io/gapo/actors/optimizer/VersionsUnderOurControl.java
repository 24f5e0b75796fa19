package io.gapo.actors.optimizer;

import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.port.VersionPublisher;
import io.gapo.core.rollout.RolloutReference;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Remembers what was published, in order; fails or waits when the test wants that. */
final class VersionsUnderOurControl implements VersionPublisher {

  /** A refusal, as it was published. */
  record Refusal(List<String> rolloutIds, long version, String reason) {}

  final Queue<Object> published = new ConcurrentLinkedQueue<>();
  private final LinkedBlockingQueue<CompletableFuture<Void>> pending = new LinkedBlockingQueue<>();
  private volatile int failures;
  private volatile boolean holds;

  /** The next attempts fail: every other before it starts, the others later. */
  void failNext(int attempts) {
    failures = attempts;
  }

  /** From now on nothing is durable until the test says so. */
  void hold() {
    holds = true;
  }

  /** Makes the oldest held publication durable. */
  void release() {
    try {
      CompletableFuture<Void> oldest = pending.poll(1, TimeUnit.MINUTES);
      if (oldest == null) {
        throw new AssertionError("nothing was published within a minute");
      }
      oldest.complete(null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public CompletionStage<?> publish(VersionLineage lineage) {
    return send(lineage);
  }

  @Override
  public CompletionStage<?> publish(PolicySnapshot snapshot) {
    return send(snapshot);
  }

  @Override
  public CompletionStage<?> publishRefusal(
      List<RolloutReference> rollouts, long version, String reason) {
    return send(new Refusal(rollouts.stream().map(RolloutReference::id).toList(), version, reason));
  }

  private CompletionStage<?> send(Object message) {
    int left = failures;
    if (left > 0) {
      failures = left - 1;
      IllegalStateException failure = new IllegalStateException("the broker is away");
      if (left % 2 == 0) {
        throw failure;
      }
      return CompletableFuture.failedFuture(failure);
    }
    published.add(message);
    CompletableFuture<Void> durable = new CompletableFuture<>();
    if (holds) {
      pending.add(durable);
    } else {
      durable.complete(null);
    }
    return durable;
  }
}
