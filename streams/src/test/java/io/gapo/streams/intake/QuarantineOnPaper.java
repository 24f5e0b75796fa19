package io.gapo.streams.intake;

import io.gapo.streams.topic.RawRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A quarantine that only takes note of what is put into it. */
public final class QuarantineOnPaper implements Quarantine {

  private final List<String> entries = Collections.synchronizedList(new ArrayList<>());

  @Override
  public CompletionStage<?> put(RawRecord record, String reason) {
    entries.add(record.at().offset() + ": " + reason);
    return CompletableFuture.completedFuture("noted");
  }

  /** {@code offset: reason}, in order. */
  public List<String> entries() {
    return List.copyOf(entries);
  }
}
