package io.gapo.streams.intake;

import io.gapo.streams.topic.RawRecord;
import java.util.concurrent.CompletionStage;

/** Where a stage puts what it cannot process. */
@FunctionalInterface
public interface Quarantine {

  /**
   * Gives a record up; completes when that is durable.
   *
   * @param reason for whoever wrote the record
   */
  CompletionStage<?> put(RawRecord record, String reason);
}
