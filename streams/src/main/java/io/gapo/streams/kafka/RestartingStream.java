package io.gapo.streams.kafka;

import akka.Done;
import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.event.Logging;
import akka.japi.Pair;
import akka.japi.pf.PFBuilder;
import akka.kafka.javadsl.Consumer;
import akka.stream.AbruptStageTerminationException;
import akka.stream.KillSwitches;
import akka.stream.RestartSettings;
import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.RestartSource;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import io.gapo.core.port.Failures;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream from Kafka that starts again when it fails, and ends in good order when it is drained.
 *
 * <pre>
 *   restarted as one: consumer → the stage's graph → cut → commit
 * </pre>
 *
 * <p>Draining stops the consumer, so that the stream ends by itself when its last element has
 * passed. What takes longer than the grace is left behind the cut; what has passed it is committed.
 */
final class RestartingStream<T> implements RunningStage {

  private static final Logger log = LoggerFactory.getLogger(RestartingStream.class);
  private static final double RANDOM_FACTOR = 0.2;

  /** Creates the stream up to the cut, again for each attempt. */
  @FunctionalInterface
  interface Attempt<T> {

    /**
     * The stream.
     *
     * @param registry is to be told of the consumer when it is materialized
     */
    Source<T, ?> create(Registry registry);
  }

  /** Where a stream's newest consumer is known. */
  @FunctionalInterface
  interface Registry {

    /** To be mapped over the materialized value of the consumer's source. */
    Consumer.Control add(Consumer.Control consumer);
  }

  private final String name;
  private final Duration grace;
  private final Attempt<T> attempt;
  private final Flow<T, ?, ?> afterCut;
  private final CompletableFuture<Done> completion = new CompletableFuture<>();
  private Consumer.Control consumer = Consumer.createNoopControl();
  private @Nullable UniqueKillSwitch cut;
  private @Nullable UniqueKillSwitch restarts;
  private boolean isRunning;
  private @Nullable CompletionStage<Done> drained;
  private boolean isGraceOver;

  private RestartingStream(
      String name, Duration grace, Attempt<T> attempt, Flow<T, ?, ?> afterCut) {
    this.name = name;
    this.grace = grace;
    this.attempt = attempt;
    this.afterCut = afterCut;
  }

  /**
   * Starts it.
   *
   * @param name for the log
   * @param grace how long work that has begun may take to end when the stream is drained
   * @param afterCut what is done even when the grace is over, such as committing
   */
  public static <T> RunningStage start(
      String name,
      ActorSystem<?> system,
      StageSettings settings,
      Duration grace,
      Attempt<T> attempt,
      Flow<T, ?, ?> afterCut) {
    RestartingStream<T> stream = new RestartingStream<>(name, grace, attempt, afterCut);
    RestartSettings backoff =
        RestartSettings.create(settings.backoff().min(), settings.backoff().max(), RANDOM_FACTOR)
            .withMaxRestarts(StageSettings.MAX_FAILURES, StageSettings.FAILURE_WINDOW)
            .withLogSettings(RestartSettings.createLogSettings(Logging.DebugLevel()));
    Pair<UniqueKillSwitch, CompletionStage<Done>> running =
        RestartSource.onFailuresWithBackoff(backoff, stream::once)
            .viaMat(KillSwitches.single(), Keep.right())
            .toMat(Sink.ignore(), Keep.both())
            .run(system);
    stream.register(running.first());
    running.second().whenComplete(stream::end);
    return stream;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public CompletionStage<Done> completion() {
    return completion;
  }

  @Override
  public synchronized CompletionStage<Done> drainAndShutdown() {
    if (drained == null) {
      drained =
          completion.handle((done, failure) -> Done.done()).thenCompose(ended -> closeConsumer());
      consumer.stop();
      endRestarts();
      if (grace.isZero()) {
        cut();
      } else {
        CompletableFuture.delayedExecutor(grace.toMillis(), TimeUnit.MILLISECONDS)
            .execute(this::cut);
      }
    }
    return drained;
  }

  private synchronized Source<Object, NotUsed> once() {
    if (drained != null) {
      return Source.empty();
    }
    isRunning = true;
    return attempt
        .create(this::register)
        .recoverWithRetries(1, endQuietlyWhenDrained())
        .viaMat(KillSwitches.single(), Keep.right())
        .mapMaterializedValue(this::registerCut)
        .via(afterCut)
        .mapError(new PFBuilder<Throwable, Throwable>().match(Throwable.class, this::fail).build())
        .map(passed -> (Object) Done.done())
        .mapMaterializedValue(registered -> NotUsed.getInstance());
  }

  /** Work that its stage gave up because it is being drained is no failure. */
  private scala.PartialFunction<Throwable, Source<T, NotUsed>> endQuietlyWhenDrained() {
    return new PFBuilder<Throwable, Source<T, NotUsed>>()
        .match(Throwable.class, failure -> isDraining(), failure -> Source.empty())
        .build();
  }

  private synchronized boolean isDraining() {
    return drained != null;
  }

  private synchronized Consumer.Control register(Consumer.Control materialized) {
    consumer = materialized;
    if (drained != null) {
      consumer.stop();
    }
    return materialized;
  }

  private synchronized UniqueKillSwitch registerCut(UniqueKillSwitch materialized) {
    cut = materialized;
    if (isGraceOver) {
      cut();
    }
    return materialized;
  }

  private synchronized void register(UniqueKillSwitch ofRestarts) {
    restarts = ofRestarts;
    if (drained != null) {
      endRestarts();
    }
  }

  /** Nobody who drains a stream waits for it to start once more. */
  private synchronized void endRestarts() {
    if (restarts != null && !isRunning) {
      restarts.shutdown();
    }
  }

  private synchronized void cut() {
    isGraceOver = true;
    if (cut != null) {
      cut.shutdown();
    }
  }

  private synchronized CompletionStage<Done> closeConsumer() {
    return consumer.shutdown().handle((done, failure) -> Done.done());
  }

  private synchronized Throwable fail(Throwable failure) {
    Throwable cause = Failures.cause(failure);
    log.warn("{} failed: {}", name, cause.toString());
    log.debug("{} failed", name, failure);
    isRunning = false;
    if (drained != null) {
      endRestarts();
    }
    return cause;
  }

  private void end(@Nullable Done done, @Nullable Throwable failure) {
    if (failure == null) {
      completion.complete(Done.done());
    } else if (failure instanceof AbruptStageTerminationException) {
      log.debug("{} ended with its actor system", name);
      completion.completeExceptionally(failure);
    } else {
      log.error("{} failed too often and has given up", name, failure);
      completion.completeExceptionally(failure);
    }
  }
}
