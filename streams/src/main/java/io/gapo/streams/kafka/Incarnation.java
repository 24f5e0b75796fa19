package io.gapo.streams.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The id of the topic that a stream reads, kept up to date while the stream runs: a topic that is
 * deleted and created again begins at offset 0, so the id is asked for again wherever a partition's
 * offsets do not rise. Not thread-safe; one record at a time.
 */
final class Incarnation {

  private final Supplier<CompletionStage<String>> ask;
  private final Map<Integer, Long> lastOffsets = new HashMap<>();
  private CompletionStage<String> current = CompletableFuture.completedFuture("");

  /**
   * @param ask asks Kafka for the id that the topic has now
   */
  Incarnation(Supplier<CompletionStage<String>> ask) {
    this.ask = ask;
  }

  /** The id of the topic that a record is in, which comes after the records asked for before. */
  CompletionStage<String> of(int partition, long offset) {
    Long last = lastOffsets.put(partition, offset);
    if (last == null || offset <= last) {
      current = ask.get();
    }
    return current;
  }
}
