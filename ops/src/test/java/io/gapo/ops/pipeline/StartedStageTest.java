package io.gapo.ops.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import io.gapo.core.port.Stage;
import io.gapo.streams.kafka.RunningStage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class StartedStageTest {

  private final List<String> done = new ArrayList<>();
  private final CompletableFuture<Done> drained = new CompletableFuture<>();
  private final CompletableFuture<Done> finished = new CompletableFuture<>();

  /** Streams that drain when the test says so. */
  private final RunningStage streams =
      new RunningStage() {
        @Override
        public String name() {
          return "streams";
        }

        @Override
        public CompletionStage<Done> completion() {
          return drained;
        }

        @Override
        public CompletionStage<Done> drainAndShutdown() {
          done.add("drain the streams");
          return drained;
        }
      };

  private final StartedStage stage =
      new StartedStage(
          Stage.ROLLOUT_GENERATOR,
          Map.of(),
          streams,
          () -> {
            done.add("finish the actor");
            return finished;
          });

  @Test
  void drainsItsStreamsBeforeItsActorGivesWorkUpSoThatNoneOfThemFailsByIt() {
    CompletableFuture<Done> end = stage.drain().toCompletableFuture();

    assertThat(done).containsExactly("drain the streams", "finish the actor");
    drained.complete(Done.done());
    assertThat(end).isNotDone();
    finished.complete(Done.done());
    assertThat(end).isCompleted();
  }
}
