package io.gapo.streams.kafka;

import akka.Done;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A stage, or a part of one, that reads from Kafka until it is drained or gives up. */
public interface RunningStage {

  /** The name of the stage in the log. */
  String name();

  /** Succeeds when the stage was drained; fails when it fails all the time and has given up. */
  CompletionStage<Done> completion();

  /**
   * Takes no more records, lets those that it has come to their end, commits their offsets and
   * leaves Kafka. What is not at its end in time will be read again by whoever starts next. Never
   * fails; calling it again changes nothing.
   */
  CompletionStage<Done> drainAndShutdown();

  /** Several parts as one. Its completion fails as soon as that of one part does. */
  static RunningStage of(String name, List<? extends RunningStage> parts) {
    return new StageParts(name, List.copyOf(parts));
  }
}
