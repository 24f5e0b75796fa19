package io.gapo.streams.scorer;

import akka.Done;
import akka.NotUsed;
import akka.japi.Pair;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.FlowWithContext;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.Score;
import io.gapo.streams.intake.Quarantine;
import io.gapo.streams.topic.RawRecord;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Rollouts in, one objective's scores out.
 *
 * <pre>
 *   record → batch → decode ─ malformed → quarantine, settled → pass over
 *                      └ rollouts → score ─ failed → score one by one ─ failed again and again
 *                                     └ scores → publish    ← ┘            └ quarantine, settle
 *                                       unscorable → quarantine, settle; score the others together
 * </pre>
 *
 * <p>The next batch is scored while the last one is published. A model that does not answer at all
 * (a {@link java.util.concurrent.TimeoutException}) is not the record's fault and fails the stream.
 */
public final class ScorerFlow {

  /** Batches that may be on their way into the topic while the next one is scored. */
  private static final int PUBLISHED_AHEAD = 4;

  private ScorerFlow() {}

  /**
   * How rollouts are put together.
   *
   * @param maxSize rollouts of a batch
   * @param window how long the first of a batch waits for others
   */
  public record Batches(int maxSize, Duration window) {
    public Batches {
      if (maxSize < 1) {
        throw new IllegalArgumentException("batch size must be >= 1, was " + maxSize);
      }
      if (window.isNegative() || window.isZero()) {
        throw new IllegalArgumentException("batch window must be > 0, was " + window);
      }
    }
  }

  /**
   * The graph.
   *
   * @param isSettled says of which rollouts nobody needs a score any more
   * @param score one score for each rollout, in order
   * @param publish completes when all of them are durable
   * @param settle tells that a rollout which went to quarantine will not be trained on
   */
  public static <O> FlowWithContext<RawRecord, O, Done, O, NotUsed> create(
      Batches batches,
      Retries retries,
      Predicate<Rollout> isSettled,
      Function<List<Rollout>, CompletionStage<List<Score>>> score,
      Function<List<Score>, CompletionStage<?>> publish,
      Function<Settlement, CompletionStage<?>> settle,
      Quarantine quarantine) {
    BatchScoring scoring = new BatchScoring(retries, isSettled, score, publish, settle, quarantine);
    return FlowWithContext.fromPairs(
        Flow.<Pair<RawRecord, O>>create()
            .groupedWithin(batches.maxSize(), batches.window())
            .mapAsync(
                1,
                batch ->
                    scoring
                        .score(batch.stream().map(Pair::first).toList())
                        .thenApply(scored -> Pair.create(scored, batch)))
            .mapAsync(
                PUBLISHED_AHEAD,
                scored -> scoring.publish(scored.first()).thenApply(done -> scored.second()))
            .mapConcat(
                batch ->
                    batch.stream().map(pair -> Pair.create(Done.done(), pair.second())).toList()));
  }
}
