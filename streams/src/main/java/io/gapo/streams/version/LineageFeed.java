package io.gapo.streams.version;

import akka.Done;
import io.gapo.core.lineage.LineageRecord;
import io.gapo.core.port.Stage;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.PlainStream;
import io.gapo.streams.kafka.PlainStream.From;
import io.gapo.streams.kafka.RunningStage;
import io.gapo.streams.kafka.TopicReader.Range;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** From topic {@code lineage} to whoever keeps account of rollouts and versions. */
public final class LineageFeed implements RunningStage {

  private static final long UNDECIDED = -1;

  private final CompletableFuture<Done> caughtUp = new CompletableFuture<>();
  private final AtomicLong next = new AtomicLong(UNDECIDED);
  private final AtomicLong historyEnd = new AtomicLong(UNDECIDED);
  private final RunningStage stream;

  private LineageFeed(
      KafkaAccess kafka,
      Stage stage,
      ToLongFunction<Range> begin,
      Function<LineageRecord, CompletionStage<?>> handle) {
    String topic = kafka.topics().lineage();
    this.stream =
        PlainStream.start(
            stage,
            stage + "'s lineage",
            kafka,
            topic,
            Duration.ZERO,
            PlainStream.decidedBy(
                kafka,
                topic,
                range -> {
                  next.compareAndSet(UNDECIDED, begin.applyAsLong(range));
                  historyEnd.compareAndSet(UNDECIDED, range.isEmpty() ? 0 : range.end());
                  handledUpTo(next.get());
                  return new From<>(
                      next.get(),
                      LineageFlow.create(handle, kafka.quarantine(stage))
                          .map(
                              offset -> {
                                handledUpTo(offset);
                                return offset;
                              }));
                }));
  }

  /**
   * Starts with the oldest record there is.
   *
   * @param stage who keeps account
   * @param handle gets one record at a time, in order; after a failure the same one again
   */
  public static LineageFeed fromBeginning(
      KafkaAccess kafka, Stage stage, Function<LineageRecord, CompletionStage<?>> handle) {
    return new LineageFeed(kafka, stage, Range::begin, handle);
  }

  /** Starts where a history that was read before ends. */
  public static LineageFeed fromOffset(
      KafkaAccess kafka,
      Stage stage,
      long offset,
      Function<LineageRecord, CompletionStage<?>> handle) {
    return new LineageFeed(kafka, stage, range -> offset, handle);
  }

  /** Completes when all that the topic held at the start has been handled. */
  public CompletionStage<Done> caughtUp() {
    return caughtUp;
  }

  @Override
  public String name() {
    return stream.name();
  }

  @Override
  public CompletionStage<Done> completion() {
    return stream.completion();
  }

  @Override
  public CompletionStage<Done> drainAndShutdown() {
    return stream.drainAndShutdown();
  }

  private void handledUpTo(long offset) {
    next.set(offset);
    if (offset >= historyEnd.get()) {
      caughtUp.complete(Done.done());
    }
  }
}
