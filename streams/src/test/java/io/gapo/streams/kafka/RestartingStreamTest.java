package io.gapo.streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.Done;
import akka.NotUsed;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Source;
import io.gapo.core.flow.Backoff;
import io.gapo.streams.kafka.RestartingStream.Attempt;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class RestartingStreamTest {

  private static final ActorTestKit kit = ActorTestKit.create();
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final StageSettings SETTINGS =
      new StageSettings(new Backoff(Duration.ofMillis(1), Duration.ofMillis(2)), LONG);
  private static final StageSettings SLOW = new StageSettings(new Backoff(LONG, LONG), LONG);

  private final ConsumerUnderOurControl consumer = new ConsumerUnderOurControl();
  private final BlockingQueue<String> committed = new LinkedBlockingQueue<>();
  private final BlockingQueue<CompletableFuture<String>> work = new LinkedBlockingQueue<>();

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void drainingWaitsForWorkThatHasBegun() throws Exception {
    RunningStage stream = start(SETTINGS, LONG, this::working);
    CompletableFuture<String> first = nextWork();

    CompletionStage<Done> drained = stream.drainAndShutdown();
    assertThat(drained.toCompletableFuture()).isNotDone();
    first.complete("first");

    await(drained);
    await(stream.completion());
    assertThat(committed).containsExactly("first");
    assertThat(consumer.shutDown).isDone();
  }

  @Test
  void workThatTakesLongerThanTheGraceIsLeftBehind() throws Exception {
    RunningStage stream = start(SETTINGS, Duration.ofMillis(20), this::working);
    CompletableFuture<String> late = nextWork();

    await(stream.drainAndShutdown());
    late.complete("late");

    assertThat(committed).isEmpty();
    assertThat(consumer.shutDown).isDone();
  }

  @Test
  void withoutGraceWhatHasPassedIsCommittedAndTheRestLeft() throws Exception {
    RunningStage stream =
        start(
            SETTINGS,
            Duration.ZERO,
            registry ->
                consumer
                    .source("done", "unfinished")
                    .mapMaterializedValue(registry::add)
                    .mapAsync(2, this::finishesIfDone));
    CompletableFuture<String> unfinished = nextWork();
    assertThat(committed.poll(1, TimeUnit.MINUTES)).isEqualTo("done");

    await(stream.drainAndShutdown());
    await(stream.completion());
    unfinished.complete("too late");
    assertThat(committed).isEmpty();
  }

  @Test
  void aStreamThatFailsStartsAgain() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    RunningStage stream =
        start(
            SETTINGS,
            Duration.ZERO,
            registry ->
                consumer
                    .source("element")
                    .mapMaterializedValue(registry::add)
                    .map(
                        element -> {
                          if (attempts.incrementAndGet() < 3) {
                            throw new IllegalStateException("not yet");
                          }
                          return element;
                        }));

    assertThat(committed.poll(1, TimeUnit.MINUTES)).isEqualTo("element");
    assertThat(attempts).hasValue(3);
    await(stream.drainAndShutdown());
  }

  @Test
  void aStreamThatFailsAllTheTimeGivesUpWithTheCause() {
    AtomicInteger attempts = new AtomicInteger();
    RunningStage stream =
        start(
            SETTINGS,
            Duration.ZERO,
            registry -> {
              attempts.incrementAndGet();
              return Source.failed(new IllegalStateException("no such topic"));
            });

    assertThatThrownBy(() -> await(stream.completion()))
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("no such topic");
    assertThat(attempts).hasValue(StageSettings.MAX_FAILURES + 1);
  }

  @Test
  void drainingDoesNotWaitForTheNextStart() throws Exception {
    CompletableFuture<String> failed = new CompletableFuture<>();
    RunningStage stream =
        start(
            SLOW,
            LONG,
            registry ->
                consumer
                    .source("element")
                    .mapMaterializedValue(registry::add)
                    .<String>map(
                        element -> {
                          failed.complete(element);
                          throw new IllegalStateException("broken");
                        }));
    failed.get(1, TimeUnit.MINUTES);

    await(stream.drainAndShutdown());
    await(stream.completion());
  }

  @Test
  void workThatIsGivenUpBecauseOfDrainingIsNoFailure() throws Exception {
    RunningStage stream = start(SLOW, LONG, this::working);
    CompletableFuture<String> first = nextWork();

    CompletionStage<Done> drained = stream.drainAndShutdown();
    first.completeExceptionally(new IllegalStateException("draining"));

    await(drained);
    await(stream.completion());
  }

  @Test
  void aConsumerThatComesAfterDrainingBeganIsStopped() throws Exception {
    CompletableFuture<Done> asked = new CompletableFuture<>();
    CompletableFuture<String> offsets = new CompletableFuture<>();
    RunningStage stream =
        start(
            SETTINGS,
            LONG,
            registry -> {
              asked.complete(Done.done());
              return Source.completionStageSource(
                  offsets.thenApply(
                      offset -> consumer.source(offset).mapMaterializedValue(registry::add)));
            });
    await(asked);

    CompletionStage<Done> drained = stream.drainAndShutdown();
    offsets.complete("7");

    await(drained);
    assertThat(consumer.shutDown).isDone();
  }

  @Test
  void drainingTwiceIsDrainingOnce() throws Exception {
    RunningStage stream = start(SETTINGS, Duration.ZERO, this::working);

    CompletionStage<Done> drained = stream.drainAndShutdown();

    assertThat(stream.drainAndShutdown()).isSameAs(drained);
    await(drained);
  }

  @Test
  void severalStreamsAreOneStageThatFailsWithTheFirstOfThem() throws Exception {
    RunningStage sound = start(SETTINGS, Duration.ZERO, this::working);
    RunningStage broken =
        start(
            SETTINGS,
            Duration.ZERO,
            registry -> Source.failed(new IllegalStateException("broken")));
    RunningStage stage = RunningStage.of("stage", List.of(sound, broken));

    assertThatThrownBy(() -> await(stage.completion())).hasRootCauseMessage("broken");
    await(stage.drainAndShutdown());
    await(sound.completion());
  }

  @Test
  void severalStreamsAreDoneWhenAllAre() throws Exception {
    RunningStage one = start(SETTINGS, Duration.ZERO, this::working);
    RunningStage other = start(SETTINGS, Duration.ZERO, registry -> Source.empty());
    RunningStage stage = RunningStage.of("stage", List.of(one, other));
    await(other.completion());
    assertThat(stage.completion().toCompletableFuture()).isNotDone();

    await(stage.drainAndShutdown());
    await(stage.completion());
  }

  private Source<String, ?> working(RestartingStream.Registry registry) {
    return consumer
        .source("element")
        .mapMaterializedValue(registry::add)
        .mapAsync(1, element -> newWork());
  }

  private CompletionStage<String> finishesIfDone(String element) {
    return element.equals("done") ? CompletableFuture.completedFuture(element) : newWork();
  }

  private CompletableFuture<String> newWork() {
    CompletableFuture<String> begun = new CompletableFuture<>();
    work.add(begun);
    return begun;
  }

  private CompletableFuture<String> nextWork() throws InterruptedException {
    CompletableFuture<String> begun = work.poll(1, TimeUnit.MINUTES);
    assertThat(begun).as("work that has begun").isNotNull();
    return begun;
  }

  private RunningStage start(StageSettings settings, Duration grace, Attempt<String> attempt) {
    Flow<String, String, NotUsed> commit =
        Flow.<String>create()
            .map(
                element -> {
                  committed.add(element);
                  return element;
                });
    return RestartingStream.start("stream", kit.system(), settings, grace, attempt, commit);
  }

  private static void await(CompletionStage<Done> stage) throws Exception {
    stage.toCompletableFuture().get(1, TimeUnit.MINUTES);
  }
}
