package io.gapo.streams.optimizer;

import akka.NotUsed;
import akka.stream.javadsl.Flow;
import io.gapo.core.step.GradientPart;
import io.gapo.streams.intake.Quarantine;
import io.gapo.streams.intake.WholeOnly;
import io.gapo.streams.tensor.Assembly;
import io.gapo.streams.tensor.Assembly.Skipped;
import io.gapo.streams.tensor.Assembly.Whole;
import io.gapo.streams.topic.RawRecord;
import io.gapo.streams.topic.RecordCoordinates;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Gradient parts in; what follows from them goes out through a {@link
 * io.gapo.core.port.VersionPublisher}.
 *
 * <pre>
 *   record → assemble ─ malformed → quarantine, incomplete → report
 *              └ gradient part → apply, one at a time, with the offsets to resume from
 * </pre>
 *
 * <p>There is no offset to commit: whoever applies a part keeps the offsets in the checkpoint that
 * the part leads to.
 */
public final class OptimizerFlow {

  private OptimizerFlow() {}

  /**
   * The graph. What comes out is the offset to read on from, once it is behind an applied part.
   *
   * @param assembly puts raw records together
   * @param apply gets the part and, by {@link RecordCoordinates#partitionId()}, the offset to read
   *     on from once it is applied
   * @param skipped receives what did not arrive complete
   */
  public static Flow<RawRecord, Long, NotUsed> create(
      Flow<RawRecord, Assembly<GradientPart>, NotUsed> assembly,
      BiFunction<GradientPart, Map<String, Long>, CompletionStage<?>> apply,
      Consumer<Skipped<GradientPart>> skipped,
      Quarantine quarantine) {
    return assembly
        .via(WholeOnly.create(skipped, quarantine))
        .mapAsync(1, part -> apply.apply(part.value(), offsets(part)).thenApply(applied -> part))
        .map(Whole::resumeOffset);
  }

  private static Map<String, Long> offsets(Whole<GradientPart> part) {
    return Map.of(part.at().partitionId(), part.resumeOffset());
  }
}
