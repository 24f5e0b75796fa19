package io.gapo.streams.kafka;

import akka.NotUsed;
import akka.kafka.Subscriptions;
import akka.kafka.javadsl.Consumer;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Source;
import io.gapo.core.port.Stage;
import io.gapo.streams.kafka.TopicReader.Range;
import io.gapo.streams.topic.RawRecord;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;

/** A stream of a topic's one partition that commits nothing: it knows itself where to begin. */
public final class PlainStream {

  private PlainStream() {}

  /**
   * A stream from some offset on.
   *
   * @param graph comes after the source
   */
  public record From<T>(long offset, Flow<RawRecord, T, NotUsed> graph) {}

  /**
   * Starts it.
   *
   * @param stage who reads
   * @param name for the log
   * @param from asked each time the stream starts
   */
  public static <T> RunningStage start(
      Stage stage,
      String name,
      KafkaAccess kafka,
      String topic,
      Duration grace,
      Supplier<CompletionStage<From<T>>> from) {
    return RestartingStream.start(
        name,
        kafka.system(),
        kafka.stages(),
        grace,
        registry -> {
          // What the attempt before took is read again, but was not on its way until now.
          RecordIntake intake = kafka.intakeFromNow(stage, topic);
          return Source.completionStageSource(
              from.get()
                  .thenApply(
                      start ->
                          Consumer.plainSource(
                                  kafka.plainReader(),
                                  Subscriptions.assignmentWithOffset(
                                      new TopicPartition(topic, 0), start.offset()))
                              .mapMaterializedValue(registry::add)
                              .mapAsync(1, intake::take)
                              .via(start.graph())));
        },
        Flow.create());
  }

  /** Decides where to start by the range of offsets that the topic holds when the stream starts. */
  public static <T> Supplier<CompletionStage<From<T>>> decidedBy(
      KafkaAccess kafka, String topic, Function<Range, From<T>> decision) {
    return () ->
        CompletableFuture.supplyAsync(
            () -> decision.apply(kafka.reader().readable(topic, 0)), kafka.blocking());
  }
}
