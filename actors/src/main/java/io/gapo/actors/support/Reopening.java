package io.gapo.actors.support;

import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.StashBuffer;
import akka.actor.typed.javadsl.TimerScheduler;
import io.gapo.core.flow.Backoff;
import io.gapo.core.settings.DurationText;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs a stage around something that takes long to open and may break: its model.
 *
 * <p>When the stage fails, or the model cannot be opened, it is opened again after a pause that
 * grows with each failure; messages wait meanwhile and none is lost but the one that failed. Akka's
 * own {@code restartWithBackoff} would forget the waiting messages when a second attempt fails
 * (seen with 2.8.5), and whoever sent them would wait forever.
 *
 * @param <C> the stage's messages
 * @param <M> the model
 */
public final class Reopening<C, M> {

  private static final int WAITING_MESSAGES = 100_000;

  private final ActorContext<C> context;
  private final StashBuffer<C> stash;
  private final TimerScheduler<C> timers;
  private final Supplier<? extends M> open;
  private final Function<M, Behavior<C>> run;
  private final Backoff backoff;
  private final C retry;
  private int starts;
  private int failures;
  private boolean isOpen;
  private long openedAt;

  private Reopening(
      ActorContext<C> context,
      StashBuffer<C> stash,
      TimerScheduler<C> timers,
      Supplier<? extends M> open,
      Function<M, Behavior<C>> run,
      Backoff backoff,
      C retry) {
    this.context = context;
    this.stash = stash;
    this.timers = timers;
    this.open = open;
    this.run = run;
    this.backoff = backoff;
    this.retry = retry;
  }

  /**
   * A stage that survives failures.
   *
   * @param stage whose name the log shows
   * @param open opens the model; frees what it took if it fails
   * @param run the stage with an open model; closes it when it is stopped or restarted
   * @param retry a message that the stage does not otherwise use
   */
  public static <C, M> Behavior<C> create(
      Class<?> stage,
      Supplier<? extends M> open,
      Function<M, Behavior<C>> run,
      Backoff backoff,
      C retry) {
    return Behaviors.withStash(
        WAITING_MESSAGES,
        stash ->
            Behaviors.withTimers(
                timers ->
                    Behaviors.setup(
                        context -> {
                          context.setLoggerName(stage);
                          Reopening<C, M> reopening =
                              new Reopening<>(context, stash, timers, open, run, backoff, retry);
                          return Behaviors.supervise(
                                  Behaviors.<C>setup(restarted -> reopening.start()))
                              .onFailure(RuntimeException.class, SupervisorStrategy.restart());
                        })));
  }

  private Behavior<C> start() {
    starts++;
    if (starts == 1) {
      return opening();
    }
    Duration ran = isOpen ? Duration.ofNanos(System.nanoTime() - openedAt) : Duration.ZERO;
    isOpen = false;
    return failed(ran);
  }

  private Behavior<C> opening() {
    M model;
    try {
      model = open.get();
    } catch (RuntimeException e) {
      // Not the supervisor's: only what runs is restarted by it.
      context.getLog().error("The stage cannot start", e);
      return failed(Duration.ZERO);
    }
    isOpen = true;
    openedAt = System.nanoTime();
    return stash.unstashAll(run.apply(model));
  }

  /**
   * @param ran how long the model was open; a long time makes up for earlier failures
   */
  private Behavior<C> failed(Duration ran) {
    failures = ran.compareTo(backoff.max()) > 0 ? 1 : failures + 1;
    Duration pause = backoff.pause(failures);
    context.getLog().warn("The stage starts again in {}", DurationText.of(pause));
    timers.startSingleTimer(retry, pause);
    return waiting();
  }

  private Behavior<C> waiting() {
    return Behaviors.receiveMessage(
        message -> {
          if (message.equals(retry)) {
            return opening();
          }
          stash.stash(message);
          return Behaviors.same();
        });
  }
}
