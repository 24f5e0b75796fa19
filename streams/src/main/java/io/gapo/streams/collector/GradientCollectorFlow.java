package io.gapo.streams.collector;

import akka.Done;
import akka.NotUsed;
import akka.japi.Pair;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.FlowWithContext;
import io.gapo.core.port.Failures;
import io.gapo.core.port.RejectedScoreException;
import io.gapo.core.rollout.MissingScore;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoreRecord;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.UpdateDirection;
import io.gapo.streams.codec.MalformedRecordException;
import io.gapo.streams.codec.ObjectiveGradientsCodec;
import io.gapo.streams.codec.RolloutCodec;
import io.gapo.streams.codec.ScoreCodec;
import io.gapo.streams.codec.UpdateDirectionCodec;
import io.gapo.streams.collector.PartitionOrder.Entry;
import io.gapo.streams.intake.Quarantine;
import io.gapo.streams.intake.RecordHandling;
import io.gapo.streams.topic.RawRecord;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Rollouts, scores and update directions in; what follows from them goes out through a {@link
 * io.gapo.core.port.StepPublisher}.
 *
 * <pre>
 *   record → decode ─ malformed → quarantine  ←─ joins nothing ─┐
 *              └ hand over, many at a time, and wait for the answer
 * </pre>
 *
 * <p>A rollout or score is answered only when its rollout is settled, so that an offset comes out
 * when everything before it in its partition is settled for good. Until it is answered it takes a
 * place of {@code inFlight}: that must be well above the admission quota, for scores times the
 * number of objectives, or the records of the next batch cannot come in. What is settled takes
 * none, however much of it is delivered again behind what is not.
 */
public final class GradientCollectorFlow {

  private GradientCollectorFlow() {}

  public static <O> FlowWithContext<RawRecord, O, Done, O, NotUsed> rollouts(
      int inFlight, Function<Rollout, CompletionStage<?>> untilSettled, Quarantine quarantine) {
    return untilSettled(inFlight, RecordHandling.of(new RolloutCodec(), quarantine, untilSettled));
  }

  /**
   * Scores, and that there is none, which is in quarantine before the collector is told.
   *
   * @param untilSettled fails with a {@link RejectedScoreException} if it joins no rollout
   */
  public static <O> FlowWithContext<RawRecord, O, Done, O, NotUsed> scores(
      int inFlight, Function<ScoreRecord, CompletionStage<?>> untilSettled, Quarantine quarantine) {
    ScoreCodec codec = new ScoreCodec();
    return untilSettled(
        inFlight,
        record -> {
          ScoreRecord score;
          try {
            score = codec.decode(record.value());
          } catch (MalformedRecordException e) {
            return giveUp(record, Failures.reason(e), quarantine);
          }
          if (score instanceof MissingScore missing) {
            return giveUp(record, missing.explanation(), quarantine)
                .thenCompose(put -> unlessRejected(untilSettled.apply(score), reason -> done()));
          }
          return unlessRejected(
              untilSettled.apply(score), reason -> giveUp(record, reason, quarantine));
        });
  }

  private static CompletionStage<Done> unlessRejected(
      CompletionStage<?> settled, Function<String, CompletionStage<Done>> rejected) {
    return settled
        .<Done>thenApply(done -> Done.done())
        .exceptionallyCompose(
            failure -> {
              Throwable cause = Failures.cause(failure);
              return cause instanceof RejectedScoreException
                  ? rejected.apply(Failures.reason(cause))
                  : CompletableFuture.failedFuture(cause);
            });
  }

  private static CompletionStage<Done> giveUp(
      RawRecord record, String reason, Quarantine quarantine) {
    return quarantine.put(record, reason).thenApply(put -> Done.done());
  }

  private static CompletionStage<Done> done() {
    return CompletableFuture.completedFuture(Done.done());
  }

  /** Directions come one at a time, as steps do. */
  public static <O> FlowWithContext<RawRecord, O, Done, O, NotUsed> directions(
      Function<UpdateDirection, CompletionStage<?>> follow, Quarantine quarantine) {
    return FlowWithContext.<RawRecord, O>create()
        .mapAsync(1, RecordHandling.of(new UpdateDirectionCodec(), quarantine, follow));
  }

  /** What all collectors contribute; what is malformed the combiner puts in quarantine. */
  public static Flow<RawRecord, Done, NotUsed> contributions(
      Function<ObjectiveGradients, CompletionStage<?>> receive) {
    Quarantine combiners = (record, reason) -> done();
    return Flow.<RawRecord>create()
        .mapAsync(1, RecordHandling.of(new ObjectiveGradientsCodec(), combiners, receive));
  }

  private record Underway<O>(RawRecord record, Entry<O> entry) {}

  private static <O> FlowWithContext<RawRecord, O, Done, O, NotUsed> untilSettled(
      int inFlight, akka.japi.function.Function<RawRecord, CompletionStage<Done>> handling) {
    return FlowWithContext.fromPairs(
        Flow.<Pair<RawRecord, O>, Pair<Done, O>, NotUsed>fromMaterializer(
                (materializer, attributes) -> inOrder(inFlight, handling))
            .mapMaterializedValue(created -> NotUsed.getInstance()));
  }

  /** Once for each stream, which alone may use its order. */
  private static <O> Flow<Pair<RawRecord, O>, Pair<Done, O>, NotUsed> inOrder(
      int inFlight, akka.japi.function.Function<RawRecord, CompletionStage<Done>> handling) {
    PartitionOrder<O> order = new PartitionOrder<>();
    return Flow.<Pair<RawRecord, O>>create()
        .map(
            record ->
                new Underway<>(
                    record.first(), order.begin(record.first().at().partition(), record.second())))
        .mapAsyncUnordered(
            inFlight,
            underway -> handling.apply(underway.record()).thenApply(done -> underway.entry()))
        .mapConcat(
            answered ->
                order.done(answered).stream()
                    .map(context -> Pair.create(Done.done(), context))
                    .toList());
  }
}
