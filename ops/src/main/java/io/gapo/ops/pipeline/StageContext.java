package io.gapo.ops.pipeline;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.SpawnProtocol;
import akka.actor.typed.javadsl.AskPattern;
import akka.pattern.StatusReply;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.config.ModelDispatchers;
import io.gapo.ops.config.PartSettings;
import io.gapo.runtime.trainable.Handover;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.KafkaSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What all stages of a process share.
 *
 * @param handover by which models lend each other tensors, if they are to
 * @param unusable receives whose model could not be opened at the first try, and why
 */
record StageContext(
    GapoConfig config,
    ActorSystem<SpawnProtocol.Command> system,
    KafkaSettings kafkaSettings,
    KafkaAccess kafka,
    Optional<Handover> handover,
    PipelineListener listener,
    BiConsumer<Stage, Throwable> unusable,
    Clock clock) {

  /** An answer may take as long as the pipeline is paused. Akka's timers reach 248 days. */
  private static final Duration UNBOUNDED = Duration.ofDays(200);

  private static final Duration SPAWN_PATIENCE = Duration.ofSeconds(30);

  /** The settings as the parts know them. */
  PartSettings parts() {
    return new PartSettings(config);
  }

  /**
   * What opens a stage's model, for one actor; if the first time fails, the pipeline has failed.
   */
  <M> Supplier<M> opening(Stage stage, Supplier<? extends M> open) {
    return new FirstOpening<>(open, failure -> unusable.accept(stage, failure));
  }

  /** Starts an actor on a thread of its own. */
  <T> ActorRef<T> spawn(Behavior<T> behavior, String name, Stage stage) {
    CompletionStage<ActorRef<T>> spawned =
        AskPattern.ask(
            system,
            replyTo ->
                new SpawnProtocol.Spawn<>(behavior, name, ModelDispatchers.of(stage), replyTo),
            SPAWN_PATIENCE,
            system.scheduler());
    return spawned.toCompletableFuture().join();
  }

  /** Asks an actor, and waits as long as it takes. */
  <T, R> CompletionStage<R> ask(ActorRef<T> actor, Function<ActorRef<StatusReply<R>>, T> message) {
    return AskPattern.askWithStatus(actor, message::apply, UNBOUNDED, system.scheduler());
  }
}
