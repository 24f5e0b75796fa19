package io.gapo.streams.collector;

import akka.Done;
import akka.NotUsed;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.FlowWithContext;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.Score;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.UpdateDirection;
import io.gapo.streams.codec.ObjectiveGradientsCodec;
import io.gapo.streams.codec.RecordCodec;
import io.gapo.streams.codec.RolloutCodec;
import io.gapo.streams.codec.ScoreCodec;
import io.gapo.streams.codec.UpdateDirectionCodec;
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
 *   record → decode ─ malformed → quarantine
 *              └ hand over, many at a time, and wait for the answer
 * </pre>
 *
 * <p>A rollout or score is answered only when its rollout is settled, so that an offset comes out
 * when everything before it is settled for good. Until then it takes a place of {@code inFlight},
 * and so does everything behind it: that must be well above the admission quota, for scores times
 * the number of objectives, or the records of the next batch cannot come in.
 */
public final class GradientCollectorFlow {

  private GradientCollectorFlow() {}

  public static <O> FlowWithContext<RawRecord, O, Done, O, NotUsed> rollouts(
      int inFlight, Function<Rollout, CompletionStage<?>> untilSettled, Quarantine quarantine) {
    return handOver(new RolloutCodec(), inFlight, untilSettled, quarantine);
  }

  public static <O> FlowWithContext<RawRecord, O, Done, O, NotUsed> scores(
      int inFlight, Function<Score, CompletionStage<?>> untilSettled, Quarantine quarantine) {
    return handOver(new ScoreCodec(), inFlight, untilSettled, quarantine);
  }

  /** Directions come one at a time, as steps do. */
  public static <O> FlowWithContext<RawRecord, O, Done, O, NotUsed> directions(
      Function<UpdateDirection, CompletionStage<?>> follow, Quarantine quarantine) {
    return handOver(new UpdateDirectionCodec(), 1, follow, quarantine);
  }

  /** What all collectors contribute; what is malformed the combiner puts in quarantine. */
  public static Flow<RawRecord, Done, NotUsed> contributions(
      Function<ObjectiveGradients, CompletionStage<?>> hear) {
    Quarantine combiners = (record, reason) -> CompletableFuture.completedFuture(Done.done());
    return Flow.<RawRecord>create()
        .mapAsync(1, RecordHandling.of(new ObjectiveGradientsCodec(), combiners, hear));
  }

  private static <T, O> FlowWithContext<RawRecord, O, Done, O, NotUsed> handOver(
      RecordCodec<T> codec,
      int inFlight,
      Function<T, CompletionStage<?>> handle,
      Quarantine quarantine) {
    return FlowWithContext.<RawRecord, O>create()
        .mapAsync(inFlight, RecordHandling.of(codec, quarantine, handle));
  }
}
