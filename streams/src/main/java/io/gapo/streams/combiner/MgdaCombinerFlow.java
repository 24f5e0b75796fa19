package io.gapo.streams.combiner;

import akka.Done;
import akka.NotUsed;
import akka.stream.javadsl.FlowWithContext;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.UpdateDirection;
import io.gapo.streams.codec.ObjectiveGradientsCodec;
import io.gapo.streams.intake.Quarantine;
import io.gapo.streams.intake.RecordHandling;
import io.gapo.streams.topic.RawRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Objective gradients in, update directions out.
 *
 * <pre>
 *   record → decode ─ malformed → quarantine
 *              └ decide → publish each
 * </pre>
 *
 * <p>A step that several collectors make is decided with the last one's gradients, for all of them;
 * nothing is published for the others' until then, and their offsets come out. Whoever waits in
 * vain sends again.
 */
public final class MgdaCombinerFlow {

  private MgdaCombinerFlow() {}

  /**
   * The graph.
   *
   * @param decide the directions to publish, one a collector or none yet
   * @param publish completes when the direction is durable
   */
  public static <O> FlowWithContext<RawRecord, O, Done, O, NotUsed> create(
      Function<ObjectiveGradients, CompletionStage<List<UpdateDirection>>> decide,
      Function<UpdateDirection, CompletionStage<?>> publish,
      Quarantine quarantine) {
    return FlowWithContext.<RawRecord, O>create()
        .mapAsync(
            1,
            RecordHandling.of(
                new ObjectiveGradientsCodec(),
                quarantine,
                gradients -> decide.apply(gradients).thenCompose(all -> publishAll(all, publish))));
  }

  private static CompletionStage<?> publishAll(
      List<UpdateDirection> directions, Function<UpdateDirection, CompletionStage<?>> publish) {
    return CompletableFuture.allOf(
        directions.stream()
            .map(direction -> publish.apply(direction).toCompletableFuture())
            .toArray(CompletableFuture[]::new));
  }
}
