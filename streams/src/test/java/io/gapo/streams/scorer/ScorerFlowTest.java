package io.gapo.streams.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.stream.javadsl.FlowWithContext;
import io.gapo.core.flow.Backoff;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.port.UnscorableRolloutsException;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.Score;
import io.gapo.streams.Examples;
import io.gapo.streams.codec.RolloutCodec;
import io.gapo.streams.intake.Answers;
import io.gapo.streams.intake.QuarantineOnPaper;
import io.gapo.streams.intake.StreamProbes;
import io.gapo.streams.scorer.ScorerFlow.Batches;
import io.gapo.streams.topic.RawRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ScorerFlowTest {

  private static final ActorTestKit kit = ActorTestKit.create();
  private static final Duration LONG = Duration.ofMinutes(10);

  private final QuarantineOnPaper quarantine = new QuarantineOnPaper();
  private final List<Settlement> settled = Collections.synchronizedList(new ArrayList<>());
  private final Set<String> settledBefore = new HashSet<>();
  private final Answers<List<Rollout>, List<Score>> model = new Answers<>();
  private final Answers<List<Score>, Object> topic = new Answers<>();
  private final List<Score> published = Collections.synchronizedList(new ArrayList<>());

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void aBatchIsScoredTogetherAndItsOffsetsComeOutWhenItsScoresAreDurable() throws Exception {
    StreamProbes<RawRecord, Long> stream = run(2, model, topic::apply);
    List<Rollout> batch = List.of(Examples.rollout("a", 0), Examples.rollout("b", 0));

    stream.out().request(10);
    send(stream, batch);
    assertThat(model.awaitQuestion()).isEqualTo(batch);
    List<Score> scores = scores(batch);
    model.answer(batch, scores);
    assertThat(topic.awaitQuestion()).isEqualTo(scores);
    stream.out().expectNoMessage();
    topic.answer(scores, "durable");

    stream.out().expectNext(0L, 1L);
  }

  @Test
  void anIncompleteBatchWaitsForTheWindowOnly() throws Exception {
    StreamProbes<RawRecord, Long> stream =
        StreamProbes.run(flow(new Batches(100, Duration.ofMillis(5)), model, topic::apply), kit);
    List<Rollout> batch = List.of(Examples.rollout("a", 0));

    stream.out().request(10);
    send(stream, batch);

    assertThat(model.awaitQuestion()).isEqualTo(batch);
  }

  @Test
  void theNextBatchIsScoredWhileTheLastOneIsPublished() throws Exception {
    StreamProbes<RawRecord, Long> stream = run(1, model, topic::apply);
    List<Rollout> rollouts = List.of(Examples.rollout("a", 0), Examples.rollout("b", 0));

    stream.out().request(10);
    send(stream, rollouts);
    List<Rollout> first = model.awaitQuestion();
    model.expectNoQuestion();
    model.answer(first, scores(first));
    topic.awaitQuestion();

    assertThat(model.awaitQuestion()).containsExactly(rollouts.get(1));
  }

  @Test
  void whatWasSettledBeforeIsNeitherScoredNorGivenUp() throws Exception {
    settledBefore.addAll(List.of("a#0", "c#0"));
    StreamProbes<RawRecord, Long> stream = run(2, model, topic::apply);
    Rollout needed = Examples.rollout("b", 0);

    stream.out().request(10);
    send(stream, List.of(Examples.rollout("a", 0), needed));
    send(stream, List.of(Examples.rollout("c", 0), Examples.rollout("a", 0)));
    assertThat(model.awaitQuestion()).containsExactly(needed);
    model.answer(List.of(needed), scores(List.of(needed)));
    topic.answer(topic.awaitQuestion(), "durable");

    stream.out().expectNextN(4);
    model.expectNoQuestion();
    assertThat(settled).isEmpty();
    assertThat(quarantine.entries()).isEmpty();
  }

  @Test
  void oneBadRolloutOfABatchIsGivenUpAndTheOthersKeepTheirScores() {
    FailingOn model = new FailingOn("b#0", Integer.MAX_VALUE);
    StreamProbes<RawRecord, Long> stream = run(3, model, this::publish);
    List<Rollout> batch =
        List.of(Examples.rollout("a", 0), Examples.rollout("b", 0), Examples.rollout("c", 0));

    stream.out().request(10);
    send(stream, batch);
    stream.out().expectNext(0L, 1L, 2L);

    assertThat(published).extracting(Score::rolloutId).containsExactly("a#0", "c#0");
    assertThat(quarantine.entries())
        .containsExactly("1: the model failed on rollout b#0 3 times: cannot score b#0");
    assertThat(settled)
        .containsExactly(
            new Settlement(
                RolloutReference.to(batch.get(1)),
                Fate.QUARANTINED,
                4,
                "the model failed on rollout b#0 3 times: cannot score b#0"));
    assertThat(model.timesAlone("b#0")).isEqualTo(3);
    assertThat(model.timesAlone("a#0")).isEqualTo(1);
  }

  @Test
  void whatTheModelSaysItCannotScoreIsGivenUpAtOnceAndTheOthersAreScoredTogether() {
    List<List<String>> asked = Collections.synchronizedList(new ArrayList<>());
    StreamProbes<RawRecord, Long> stream =
        run(
            3,
            rollouts -> {
              asked.add(rollouts.stream().map(Rollout::id).toList());
              return rollouts.stream().anyMatch(rollout -> rollout.id().equals("b#0"))
                  ? CompletableFuture.failedFuture(
                      new UnscorableRolloutsException("helpful", Map.of("b#0", "no label")))
                  : CompletableFuture.completedFuture(scores(rollouts));
            },
            this::publish);
    String reason = "objective 'helpful' cannot score it: no label";
    List<Rollout> batch =
        List.of(Examples.rollout("a", 0), Examples.rollout("b", 0), Examples.rollout("c", 0));

    stream.out().request(10);
    send(stream, batch);
    stream.out().expectNext(0L, 1L, 2L);

    assertThat(asked).containsExactly(List.of("a#0", "b#0", "c#0"), List.of("a#0", "c#0"));
    assertThat(published).extracting(Score::rolloutId).containsExactly("a#0", "c#0");
    assertThat(quarantine.entries()).containsExactly("1: " + reason);
    assertThat(settled)
        .containsExactly(
            new Settlement(RolloutReference.to(batch.get(1)), Fate.QUARANTINED, 4, reason));
  }

  @Test
  void aBatchOfWhichNothingCanBeScoredIsAskedForOnce() {
    List<Integer> asked = Collections.synchronizedList(new ArrayList<>());
    StreamProbes<RawRecord, Long> stream =
        run(
            2,
            rollouts -> {
              asked.add(rollouts.size());
              return CompletableFuture.failedFuture(
                  new UnscorableRolloutsException(
                      "helpful", Map.of("a#0", "no answer", "b#0", "no answer")));
            },
            this::publish);

    stream.out().request(10);
    send(stream, List.of(Examples.rollout("a", 0), Examples.rollout("b", 0)));
    stream.out().expectNext(0L, 1L);

    assertThat(asked).containsExactly(2);
    assertThat(published).isEmpty();
    assertThat(settled).hasSize(2);
  }

  @Test
  void aFailureThatPassesCostsNothing() {
    FailingOn model = new FailingOn("a#0", 2);
    StreamProbes<RawRecord, Long> stream = run(1, model, this::publish);

    stream.out().request(10);
    send(stream, List.of(Examples.rollout("a", 0)));
    stream.out().expectNext(0L);

    assertThat(published).extracting(Score::rolloutId).containsExactly("a#0");
    assertThat(quarantine.entries()).isEmpty();
    assertThat(settled).isEmpty();
  }

  @Test
  void scoresOfOtherRolloutsThanAskedForAreAFailure() {
    StreamProbes<RawRecord, Long> stream =
        run(
            1,
            rollouts ->
                CompletableFuture.completedFuture(scores(List.of(Examples.rollout("z", 0)))),
            this::publish);

    stream.out().request(10);
    send(stream, List.of(Examples.rollout("a", 0)));
    stream.out().expectNext(0L);

    assertThat(published).isEmpty();
    assertThat(quarantine.entries()).singleElement().asString().contains("expected scores of");
  }

  @Test
  void malformedRecordsGoToQuarantineAndTheRestOfTheBatchIsScored() {
    StreamProbes<RawRecord, Long> stream =
        run(2, rollouts -> CompletableFuture.completedFuture(scores(rollouts)), this::publish);

    stream.out().request(10);
    stream.in().sendNext(Examples.record("rollouts", 0, "nonsense"));
    stream.in().sendNext(record(1, Examples.rollout("a", 0)));
    stream.in().sendNext(Examples.record("rollouts", 2, "nonsense"));
    stream.in().sendNext(Examples.record("rollouts", 3, (byte[]) null));
    stream.out().expectNext(0L, 1L, 2L, 3L);

    assertThat(published).extracting(Score::rolloutId).containsExactly("a#0");
    assertThat(quarantine.entries()).hasSize(3).allMatch(entry -> entry.contains("not a rollout"));
    assertThat(settled).isEmpty();
  }

  @Test
  void aModelThatDoesNotAnswerFailsTheStreamAndCondemnsNoRollout() throws Exception {
    StreamProbes<RawRecord, Long> stream = run(1, model, topic::apply);

    stream.out().request(10);
    send(stream, List.of(Examples.rollout("a", 0)));
    model.fail(model.awaitQuestion(), new TimeoutException("no answer"));

    assertThat(stream.out().expectError()).hasStackTraceContaining("no answer");
    assertThat(quarantine.entries()).isEmpty();
  }

  @Test
  void aTopicThatFailsFailsTheStream() throws Exception {
    StreamProbes<RawRecord, Long> stream = run(1, model, topic::apply);

    stream.out().request(10);
    send(stream, List.of(Examples.rollout("a", 0)));
    List<Rollout> batch = model.awaitQuestion();
    model.answer(batch, scores(batch));
    topic.fail(topic.awaitQuestion(), new IllegalStateException("not written"));

    assertThat(stream.out().expectError()).hasStackTraceContaining("not written");
  }

  private StreamProbes<RawRecord, Long> run(
      int batchSize,
      Function<List<Rollout>, CompletionStage<List<Score>>> score,
      Function<List<Score>, CompletionStage<?>> publish) {
    return StreamProbes.run(flow(new Batches(batchSize, LONG), score, publish), kit);
  }

  private FlowWithContext<RawRecord, Long, ?, Long, ?> flow(
      Batches batches,
      Function<List<Rollout>, CompletionStage<List<Score>>> score,
      Function<List<Score>, CompletionStage<?>> publish) {
    Retries retries = new Retries(3, new Backoff(Duration.ofMillis(1), Duration.ofMillis(1)));
    return ScorerFlow.create(
        batches, retries, this::isSettled, score, publish, this::settle, quarantine);
  }

  private boolean isSettled(Rollout rollout) {
    return settledBefore.contains(rollout.id());
  }

  private CompletionStage<?> publish(List<Score> scores) {
    published.addAll(scores);
    return CompletableFuture.completedFuture("durable");
  }

  private CompletionStage<?> settle(Settlement settlement) {
    settled.add(settlement);
    return CompletableFuture.completedFuture("durable");
  }

  private static void send(StreamProbes<RawRecord, Long> stream, List<Rollout> rollouts) {
    for (int i = 0; i < rollouts.size(); i++) {
      stream.in().sendNext(record(i, rollouts.get(i)));
    }
  }

  private static RawRecord record(long offset, Rollout rollout) {
    return Examples.record("rollouts", offset, new RolloutCodec().encode(rollout));
  }

  private static List<Score> scores(List<Rollout> rollouts) {
    return rollouts.stream().map(rollout -> Examples.score(rollout, 0.5)).toList();
  }

  /** A model that cannot score one rollout, alone or with others, the first few times. */
  private static final class FailingOn
      implements Function<List<Rollout>, CompletionStage<List<Score>>> {

    private final String rolloutId;
    private final Map<String, Integer> timesAlone = new HashMap<>();
    private int failuresLeft;

    FailingOn(String rolloutId, int failures) {
      this.rolloutId = rolloutId;
      this.failuresLeft = failures;
    }

    @Override
    public synchronized CompletionStage<List<Score>> apply(List<Rollout> rollouts) {
      if (rollouts.size() == 1) {
        timesAlone.merge(rollouts.get(0).id(), 1, Integer::sum);
      }
      boolean isAsked = rollouts.stream().anyMatch(rollout -> rollout.id().equals(rolloutId));
      if (isAsked && failuresLeft > 0) {
        failuresLeft--;
        return CompletableFuture.failedFuture(
            new IllegalArgumentException("cannot score " + rolloutId));
      }
      return CompletableFuture.completedFuture(scores(rollouts));
    }

    synchronized int timesAlone(String id) {
      return timesAlone.getOrDefault(id, 0);
    }
  }
}
