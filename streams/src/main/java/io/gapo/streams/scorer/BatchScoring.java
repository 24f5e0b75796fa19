package io.gapo.streams.scorer;

import akka.Done;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.port.Failures;
import io.gapo.core.port.UnscorableRolloutsException;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.Score;
import io.gapo.streams.codec.MalformedRecordException;
import io.gapo.streams.codec.RolloutCodec;
import io.gapo.streams.intake.Quarantine;
import io.gapo.streams.topic.RawRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;

/** Scores batches of records such that one bad rollout does not cost the others their scores. */
final class BatchScoring {

  private final RolloutCodec codec = new RolloutCodec();
  private final Retries retries;
  private final Predicate<Rollout> isSettled;
  private final Function<List<Rollout>, CompletionStage<List<Score>>> score;
  private final Function<List<Score>, CompletionStage<?>> publish;
  private final Function<Settlement, CompletionStage<?>> settle;
  private final Quarantine quarantine;

  BatchScoring(
      Retries retries,
      Predicate<Rollout> isSettled,
      Function<List<Rollout>, CompletionStage<List<Score>>> score,
      Function<List<Score>, CompletionStage<?>> publish,
      Function<Settlement, CompletionStage<?>> settle,
      Quarantine quarantine) {
    this.retries = retries;
    this.isSettled = isSettled;
    this.score = score;
    this.publish = publish;
    this.settle = settle;
    this.quarantine = quarantine;
  }

  /**
   * A record that got no score.
   *
   * @param rollout empty if the record is none
   */
  private record GivenUp(RawRecord record, Optional<Rollout> rollout, String reason) {}

  /** What came of a batch; filled by one stage after the other, never by two at a time. */
  static final class Scored {
    private final List<Score> scores = new ArrayList<>();
    private final List<GivenUp> givenUp = new ArrayList<>();
  }

  private record Candidate(RawRecord record, Rollout rollout) {
    GivenUp givenUp(String reason) {
      return new GivenUp(record, Optional.of(rollout), reason);
    }
  }

  CompletionStage<Scored> score(List<RawRecord> records) {
    Scored scored = new Scored();
    List<Candidate> candidates = new ArrayList<>();
    for (RawRecord record : records) {
      try {
        Rollout rollout = codec.decode(record.value());
        if (!isSettled.test(rollout)) {
          candidates.add(new Candidate(record, rollout));
        }
      } catch (MalformedRecordException e) {
        scored.givenUp.add(new GivenUp(record, Optional.empty(), Failures.reason(e)));
      }
    }
    if (candidates.isEmpty()) {
      return CompletableFuture.completedFuture(scored);
    }
    return together(candidates, scored);
  }

  private CompletionStage<Scored> together(List<Candidate> candidates, Scored scored) {
    return ask(candidates.stream().map(Candidate::rollout).toList())
        .thenApply(
            scores -> {
              scored.scores.addAll(scores);
              return scored;
            })
        .exceptionallyCompose(
            failure -> {
              if (isSilence(failure)) {
                return failed(failure);
              }
              List<Candidate> others = withoutUnscorable(candidates, failure, scored);
              if (others.isEmpty()) {
                return CompletableFuture.completedFuture(scored);
              }
              return others.size() < candidates.size()
                  ? together(others, scored)
                  : oneByOne(candidates, scored);
            });
  }

  /** Gives up what the failure says cannot be scored; returns the others. */
  private static List<Candidate> withoutUnscorable(
      List<Candidate> candidates, Throwable failure, Scored scored) {
    if (!(Failures.cause(failure) instanceof UnscorableRolloutsException unscorable)) {
      return candidates;
    }
    List<Candidate> others = new ArrayList<>();
    for (Candidate each : candidates) {
      Optional<String> reason = unscorable.reason(each.rollout().id());
      if (reason.isPresent()) {
        scored.givenUp.add(each.givenUp(reason.get()));
      } else {
        others.add(each);
      }
    }
    return others;
  }

  /** Completes when every record of the batch that needs them has its scores or its grave. */
  CompletionStage<Done> publish(Scored scored) {
    List<CompletableFuture<?>> durable = new ArrayList<>();
    if (!scored.scores.isEmpty()) {
      durable.add(publish.apply(scored.scores).toCompletableFuture());
    }
    for (GivenUp givenUp : scored.givenUp) {
      durable.add(giveUp(givenUp).toCompletableFuture());
    }
    return CompletableFuture.allOf(durable.toArray(CompletableFuture[]::new))
        .thenApply(all -> Done.done());
  }

  private CompletionStage<Scored> oneByOne(List<Candidate> candidates, Scored scored) {
    CompletionStage<Scored> chain = CompletableFuture.completedFuture(scored);
    for (Candidate each : candidates) {
      chain = chain.thenCompose(soFar -> alone(each, 1, soFar));
    }
    return chain;
  }

  private CompletionStage<Scored> alone(Candidate each, int attempt, Scored scored) {
    return ask(List.of(each.rollout()))
        .thenApply(
            scores -> {
              scored.scores.addAll(scores);
              return scored;
            })
        .exceptionallyCompose(
            failure -> {
              if (isSilence(failure)) {
                return failed(failure);
              }
              if (withoutUnscorable(List.of(each), failure, scored).isEmpty()) {
                return CompletableFuture.completedFuture(scored);
              }
              if (attempt < retries.attempts()) {
                return retries
                    .pause(attempt)
                    .thenCompose(paused -> alone(each, attempt + 1, scored));
              }
              String reason =
                  "the model failed on rollout %s %s times: %s"
                      .formatted(
                          each.rollout().id(), attempt, Failures.reason(Failures.cause(failure)));
              scored.givenUp.add(each.givenUp(reason));
              return CompletableFuture.completedFuture(scored);
            });
  }

  private CompletionStage<List<Score>> ask(List<Rollout> rollouts) {
    return score.apply(rollouts).thenApply(scores -> checked(rollouts, scores));
  }

  private static List<Score> checked(List<Rollout> rollouts, List<Score> scores) {
    List<String> asked = rollouts.stream().map(Rollout::id).toList();
    List<String> scored = scores.stream().map(Score::rolloutId).toList();
    if (!asked.equals(scored)) {
      throw new IllegalStateException(
          "expected scores of rollouts %s, was of %s".formatted(asked, scored));
    }
    return scores;
  }

  private CompletionStage<?> giveUp(GivenUp givenUp) {
    CompletionStage<?> buried = quarantine.put(givenUp.record(), givenUp.reason());
    if (givenUp.rollout().isEmpty()) {
      return buried;
    }
    Rollout rollout = givenUp.rollout().get();
    Settlement settlement =
        new Settlement(
            RolloutReference.to(rollout),
            Fate.QUARANTINED,
            Arrays.stream(rollout.versions()).max().orElseThrow(),
            givenUp.reason());
    return buried.thenCompose(put -> settle.apply(settlement));
  }

  private static boolean isSilence(Throwable failure) {
    return Failures.cause(failure) instanceof TimeoutException;
  }

  private static CompletionStage<Scored> failed(Throwable failure) {
    return CompletableFuture.failedFuture(Failures.cause(failure));
  }
}
