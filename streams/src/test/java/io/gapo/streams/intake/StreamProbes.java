package io.gapo.streams.intake;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.japi.Pair;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.FlowWithContext;
import akka.stream.javadsl.Keep;
import akka.stream.testkit.TestPublisher;
import akka.stream.testkit.TestSubscriber;
import akka.stream.testkit.javadsl.TestSink;
import akka.stream.testkit.javadsl.TestSource;
import io.gapo.streams.topic.RawRecord;

/**
 * Both ends of a flow under test.
 *
 * @param <E> what goes in
 * @param <T> what comes out
 */
public record StreamProbes<E, T>(TestPublisher.Probe<E> in, TestSubscriber.Probe<T> out) {

  public static <E, T> StreamProbes<E, T> run(Flow<E, T, ?> flow, ActorTestKit kit) {
    Pair<TestPublisher.Probe<E>, TestSubscriber.Probe<T>> ends =
        TestSource.<E>create(kit.system())
            .via(flow)
            .toMat(TestSink.create(kit.system()), Keep.both())
            .run(kit.system());
    return new StreamProbes<>(ends.first(), ends.second());
  }

  /** A graph of a stage, whose context is the record's offset. */
  public static StreamProbes<RawRecord, Long> run(
      FlowWithContext<RawRecord, Long, ?, Long, ?> flow, ActorTestKit kit) {
    return run(
        Flow.<RawRecord>create()
            .map(record -> Pair.create(record, record.at().offset()))
            .via(flow.asFlow())
            .map(Pair::second),
        kit);
  }
}
