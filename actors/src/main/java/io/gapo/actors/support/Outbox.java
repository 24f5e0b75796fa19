package io.gapo.actors.support;

import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.TimerScheduler;
import io.gapo.core.flow.Backoff;
import io.gapo.core.settings.DurationText;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes for an actor until each thing published is durable: what fails is tried again after a
 * pause that grows, and the actor continues with a callback when it succeeded.
 *
 * <p>The actor passes each {@link Event} that it receives back to {@link #on}. Lives and dies with
 * the actor's behavior: after a restart, events of the outbox before are ignored.
 */
public final class Outbox<C> {

  /** What an outbox tells itself through its actor's mailbox. */
  public sealed interface Event {}

  private record Sent(Parcel parcel, @Nullable Throwable failure) implements Event {}

  private record TryAgain(Parcel parcel) implements Event {}

  /** Something on its way; compared by identity. */
  private static final class Parcel {

    private final String what;
    private final Supplier<? extends CompletionStage<?>> send;
    private final Runnable whenDurable;
    private int failures;

    Parcel(String what, Supplier<? extends CompletionStage<?>> send, Runnable whenDurable) {
      this.what = what;
      this.send = send;
      this.whenDurable = whenDurable;
    }
  }

  private final ActorContext<C> context;
  private final TimerScheduler<C> timers;
  private final Backoff backoff;
  private final Function<Event, C> asMessage;
  private final Set<Parcel> underway = new HashSet<>();

  /**
   * @param asMessage wraps the outbox's events in the actor's own message
   */
  public Outbox(
      ActorContext<C> context,
      TimerScheduler<C> timers,
      Backoff backoff,
      Function<Event, C> asMessage) {
    this.context = context;
    this.timers = timers;
    this.backoff = backoff;
    this.asMessage = asMessage;
  }

  /**
   * Sends until it succeeds.
   *
   * @param what for the log
   * @param whenDurable called in the actor's thread when it has succeeded
   */
  public void post(String what, Supplier<? extends CompletionStage<?>> send, Runnable whenDurable) {
    Parcel parcel = new Parcel(what, send, whenDurable);
    underway.add(parcel);
    attempt(parcel);
  }

  /** Sends until it succeeds; nothing waits for it. */
  public void post(String what, Supplier<? extends CompletionStage<?>> send) {
    post(what, send, () -> {});
  }

  public void on(Event event) {
    if (event instanceof Sent sent && underway.contains(sent.parcel())) {
      sent(sent.parcel(), sent.failure());
    } else if (event instanceof TryAgain again && underway.contains(again.parcel())) {
      attempt(again.parcel());
    }
  }

  private void attempt(Parcel parcel) {
    context.pipeToSelf(
        start(parcel), (done, failure) -> asMessage.apply(new Sent(parcel, failure)));
  }

  private static CompletionStage<?> start(Parcel parcel) {
    try {
      return parcel.send.get();
    } catch (RuntimeException e) {
      // A publisher that fails before it starts is retried like one that fails later.
      return CompletableFuture.failedFuture(e);
    }
  }

  private void sent(Parcel parcel, @Nullable Throwable failure) {
    if (failure == null) {
      underway.remove(parcel);
      parcel.whenDurable.run();
      return;
    }
    parcel.failures++;
    var pause = backoff.pause(parcel.failures);
    context
        .getLog()
        .warn(
            "Publishing {} failed {} times in a row, next attempt in {}: {}",
            parcel.what,
            parcel.failures,
            DurationText.of(pause),
            failure.toString());
    timers.startSingleTimer(parcel, asMessage.apply(new TryAgain(parcel)), pause);
  }
}
