package io.gapo.streams.version;

import akka.NotUsed;
import akka.stream.javadsl.Flow;
import io.gapo.core.lineage.LineageRecord;
import io.gapo.streams.codec.LineageCodec;
import io.gapo.streams.intake.Quarantine;
import io.gapo.streams.intake.RecordHandling;
import io.gapo.streams.topic.RawRecord;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Lineage in, to whoever keeps account of rollouts and versions.
 *
 * <pre>
 *   record → decode ─ malformed → quarantine
 *              └ hand over, one at a time, in order
 * </pre>
 */
public final class LineageFlow {

  private LineageFlow() {}

  /** The graph. What comes out is the offset after each record that was handled. */
  public static Flow<RawRecord, Long, NotUsed> create(
      Function<LineageRecord, CompletionStage<?>> handle, Quarantine quarantine) {
    var handling = RecordHandling.of(new LineageCodec(), quarantine, handle);
    return Flow.<RawRecord>create()
        .mapAsync(
            1, record -> handling.apply(record).thenApply(handled -> record.at().offset() + 1));
  }
}
