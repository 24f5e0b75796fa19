package io.gapo.streams.intake;

import akka.Done;
import io.gapo.core.port.Failures;
import io.gapo.streams.codec.MalformedRecordException;
import io.gapo.streams.codec.RecordCodec;
import io.gapo.streams.topic.RawRecord;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** What most stages do with a record: decode it and hand it over, or give it up. */
public final class RecordHandling {

  private RecordHandling() {}

  /** Completes when {@code handle} has, or when a malformed record is in quarantine. */
  public static <T> akka.japi.function.Function<RawRecord, CompletionStage<Done>> of(
      RecordCodec<T> codec, Quarantine quarantine, Function<T, CompletionStage<?>> handle) {
    return record -> {
      T value;
      try {
        value = codec.decode(record.value());
      } catch (MalformedRecordException e) {
        return quarantine.put(record, Failures.reason(e)).thenApply(put -> Done.done());
      }
      return handle.apply(value).thenApply(handled -> Done.done());
    };
  }
}
