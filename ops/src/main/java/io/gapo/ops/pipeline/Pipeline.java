package io.gapo.ops.pipeline;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.SpawnProtocol;
import com.typesafe.config.Config;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.core.settings.DurationText;
import io.gapo.ops.config.ConfigurationException;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.config.MemoryNeeds;
import io.gapo.ops.config.PartSettings;
import io.gapo.ops.config.StartChecks;
import io.gapo.ops.kafka.Cluster;
import io.gapo.ops.metrics.Health;
import io.gapo.runtime.trainable.Handover;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.KafkaSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Some or all of the six stages, running in this process on a Kafka cluster.
 *
 * <p>Each stage is an actor that owns the stage's state, with streams from topics to the actor and
 * from it to topics. Stages meet in topics only, in one process or in six.
 */
public final class Pipeline implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

  private static final Duration TERMINATION = Duration.ofSeconds(30);

  private final ActorSystem<SpawnProtocol.Command> system;
  private final KafkaAccess kafka;
  private final Optional<Handover> handover;
  private final List<StartedStage> stages = new ArrayList<>();
  private final Health health;
  private final Duration drainTimeout;
  private final CompletableFuture<Void> failure = new CompletableFuture<>();
  private volatile boolean cannotOpen;

  private Pipeline(
      ActorSystem<SpawnProtocol.Command> system,
      KafkaAccess kafka,
      Optional<Handover> handover,
      Health health,
      Duration drainTimeout) {
    this.system = system;
    this.kafka = kafka;
    this.handover = handover;
    this.health = health;
    this.drainTimeout = drainTimeout;
  }

  /**
   * Starts stages.
   *
   * @param root the settings that {@code config} was read from, for Akka
   * @throws ConfigurationException if a model, a token or a plug-in of these roles is not there or
   *     cannot be used, or the device of models cannot, the policy has no room for the adapter, the
   *     optimizer cannot continue from its newest checkpoint or not with these topics, or tensors
   *     are to be lent to roles that are elsewhere
   * @throws io.gapo.ops.kafka.KafkaUnavailableException if Kafka does not answer or lacks a topic
   * @throws io.gapo.streams.history.ForgottenFatesException if old records would be delivered again
   *     that the lineage does not know any more
   */
  public static Pipeline start(
      Config root, GapoConfig config, Set<Stage> roles, PipelineListener listener, Health health) {
    roles.forEach(stage -> health.starting(stage.text(), "it is starting"));
    StartChecks.require(root, config, roles);
    requireStartable(config, roles);
    try (Cluster cluster = Cluster.connect(config.kafka())) {
      cluster.requireTopics(config.kafka().topics().all());
    }
    if (roles.contains(Stage.OPTIMIZER)) {
      CheckpointTopics.require(config);
    }
    ActorSystem<SpawnProtocol.Command> system =
        ActorSystem.create(SpawnProtocol.create(), "gapo", root);
    KafkaSettings settings = config.kafka().access(config.instanceName());
    KafkaAccess kafka = KafkaAccess.open(system, settings, config.streams(), listener);
    Optional<Handover> handover =
        lends(config, roles) ? Optional.of(new Handover()) : Optional.empty();
    Pipeline pipeline =
        new Pipeline(system, kafka, handover, health, config.streams().drainTimeout());
    boolean started = false;
    try {
      StageContext context =
          new StageContext(
              config,
              system,
              settings,
              kafka,
              handover,
              listener,
              pipeline::cannotOpen,
              Clock.systemUTC());
      for (Stage stage : Stage.values()) {
        if (roles.contains(stage)) {
          pipeline.add(start(context, stage));
        }
      }
      started = true;
      return pipeline;
    } finally {
      if (!started) {
        pipeline.close();
      }
    }
  }

  /** What a stage would fail at again and again, once it runs and others with it. */
  private static void requireStartable(GapoConfig config, Set<Stage> roles) {
    if (lends(config, roles) && roles.size() < Stage.values().length) {
      throw new ConfigurationException(
          "gapo.runtime.lend-tensors",
          "must be auto or false where a process has some of the roles only, as"
              + " here %s: the others could not read what is lent in this one"
                  .formatted(roles.stream().map(Stage::text).sorted().toList()));
    }
    if (roles.stream().anyMatch(stage -> computes(config, stage))) {
      config.runtime().requireDevice();
    }
    if (roles.stream().anyMatch(Stage::holdsPolicy)) {
      config.policy().requireFittingAdapter(config.policyPath());
    }
    new MemoryNeeds(config, roles, lends(config, roles)).require(MemoryNeeds.Machine.here());
    if (roles.contains(Stage.OPTIMIZER)) {
      new PartSettings(config).requireResumable();
    }
  }

  private static boolean lends(GapoConfig config, Set<Stage> roles) {
    return config.runtime().lendsTensors(roles, config.collector().collectors());
  }

  /** Whether a stage opens a model. */
  private static boolean computes(GapoConfig config, Stage stage) {
    return stage.holdsPolicy() || ScorerWiring.hasModels(config, stage);
  }

  private static StartedStage start(StageContext context, Stage stage) {
    return switch (stage) {
      case ROLLOUT_GENERATOR -> GeneratorWiring.start(context);
      case REWARD_SCORER, COST_SCORER -> ScorerWiring.start(context, stage);
      case GRADIENT_COLLECTOR -> CollectorWiring.start(context);
      case MGDA_COMBINER -> CombinerWiring.start(context);
      case OPTIMIZER -> OptimizerWiring.start(context);
    };
  }

  private void add(StartedStage started) {
    stages.add(started);
    if (!cannotOpen) {
      health.ready(started.stage().text());
    }
    started
        .streams()
        .completion()
        .whenComplete(
            (done, cause) -> {
              // If a model could not be opened, all stages are cut off.
              if (cause != null && !cannotOpen) {
                LOG.error("Stage {} has given up", started.stage().text(), cause);
                fail(started.stage(), cause);
              }
            });
  }

  private void cannotOpen(Stage stage, Throwable cause) {
    cannotOpen = true;
    fail(stage, cause);
  }

  private void fail(Stage stage, Throwable cause) {
    health.failed(stage.text(), cause.toString());
    failure.completeExceptionally(cause);
  }

  /** The topics that this process commits offsets of, by consumer group. */
  public Map<String, String> consumedTopics() {
    Map<String, String> consumed = new HashMap<>();
    stages.forEach(started -> consumed.putAll(started.consumed()));
    return Map.copyOf(consumed);
  }

  /**
   * Never completes but with the failure of a stage that is beyond help: its model could not be
   * opened at the first try, or its streams have given up.
   */
  public CompletableFuture<Void> failure() {
    return failure.copy();
  }

  /**
   * Turns unready, drains every stage in the order of the roles, commits, and stops. Nothing would
   * drain if a model could not be opened.
   */
  @Override
  public void close() {
    health.draining();
    if (!cannotOpen) {
      for (StartedStage started : stages) {
        await(started.drain().toCompletableFuture(), drainTimeout, "drain " + started.stage());
      }
    }
    system.terminate();
    await(system.getWhenTerminated().toCompletableFuture(), TERMINATION, "stop the actors");
    kafka.close();
    handover.ifPresent(Handover::close);
  }

  private static void await(CompletableFuture<?> end, Duration patience, String what) {
    try {
      end.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.warn(
          "Gave up to {} after {}; what was under way is done again",
          what,
          DurationText.of(patience));
    } catch (ExecutionException e) {
      LOG.warn("Failed to {}; what was under way is done again: {}", what, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
