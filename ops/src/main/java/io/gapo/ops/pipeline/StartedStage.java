package io.gapo.ops.pipeline;

import akka.Done;
import io.gapo.core.port.Stage;
import io.gapo.streams.kafka.RunningStage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * One stage at work.
 *
 * @param consumed the topics that it commits offsets of, by consumer group
 * @param streams all of it that reads from Kafka
 * @param finish lets the actor end what it has begun, while the streams drain
 */
record StartedStage(
    Stage stage,
    Map<String, String> consumed,
    RunningStage streams,
    Supplier<CompletionStage<Done>> finish) {

  /** A stage whose actor has nothing of its own to finish. */
  static StartedStage of(Stage stage, Map<String, String> consumed, List<RunningStage> streams) {
    return new StartedStage(
        stage,
        consumed,
        RunningStage.of(stage.text(), streams),
        () -> CompletableFuture.completedFuture(Done.done()));
  }

  /** Takes nothing more, ends what is under way as far as it can without the others, commits. */
  CompletionStage<Done> drain() {
    // First the streams: what the actor gives up then fails none of them.
    CompletionStage<Done> drained = streams.drainAndShutdown();
    return drained.thenCombine(finish.get(), (ended, done) -> done);
  }
}
