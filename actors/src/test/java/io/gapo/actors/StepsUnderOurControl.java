package io.gapo.actors;

import io.gapo.core.lineage.Settlement;
import io.gapo.core.port.StepPublisher;
import io.gapo.core.step.GradientPart;
import io.gapo.core.step.ObjectiveGradients;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Hands the test what was published; fails, or lets settlements wait, when the test wants that. */
public final class StepsUnderOurControl implements StepPublisher {

  private final BlockingQueue<ObjectiveGradients> gradients = new LinkedBlockingQueue<>();
  private final BlockingQueue<GradientPart> parts = new LinkedBlockingQueue<>();
  private final BlockingQueue<Settlement> settlements = new LinkedBlockingQueue<>();
  private final BlockingQueue<CompletableFuture<Void>> held = new LinkedBlockingQueue<>();
  private final AtomicInteger failures = new AtomicInteger();
  private volatile boolean holdsSettlements;

  public void failNext(int attempts) {
    failures.set(attempts);
  }

  public void holdSettlements() {
    holdsSettlements = true;
  }

  /** Makes the oldest settlement held durable. */
  public void releaseSettlement() {
    next(held).complete(null);
  }

  /** The next objective gradients published. */
  public ObjectiveGradients gradients() {
    return next(gradients);
  }

  /** The next gradient part published. */
  public GradientPart part() {
    return next(parts);
  }

  /** The next settlement published. */
  public Settlement settlement() {
    return next(settlements);
  }

  /** Whether all that was published has been taken. */
  public boolean isEmpty() {
    return gradients.isEmpty() && parts.isEmpty() && settlements.isEmpty();
  }

  @Override
  public CompletionStage<?> publish(ObjectiveGradients published) {
    return send(gradients, published);
  }

  @Override
  public CompletionStage<?> publish(GradientPart published) {
    return send(parts, published);
  }

  @Override
  public CompletionStage<?> publish(Settlement published) {
    CompletableFuture<Void> sent = send(settlements, published);
    if (!holdsSettlements) {
      return sent;
    }
    CompletableFuture<Void> durable = new CompletableFuture<>();
    held.add(durable);
    return durable;
  }

  private <T> CompletableFuture<Void> send(BlockingQueue<T> topic, T message) {
    if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      return CompletableFuture.failedFuture(new IllegalStateException("the broker is away"));
    }
    topic.add(message);
    return CompletableFuture.completedFuture(null);
  }

  private static <T> T next(BlockingQueue<T> queue) {
    try {
      T message = queue.poll(1, TimeUnit.MINUTES);
      if (message == null) {
        throw new AssertionError("nothing was published within a minute");
      }
      return message;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Everything published and not taken, for messages of failed assertions. */
  @Override
  public String toString() {
    return List.of(gradients, parts, settlements).toString();
  }
}
