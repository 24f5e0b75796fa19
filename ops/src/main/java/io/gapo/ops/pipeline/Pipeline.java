package io.gapo.ops.pipeline;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.SpawnProtocol;
import com.typesafe.config.Config;
import io.gapo.core.flow.Backoff;
import io.gapo.core.port.PipelineListener;
import io.gapo.ops.config.ConfigurationException;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.config.PartSettings;
import io.gapo.ops.kafka.Cluster;
import io.gapo.ops.metrics.Health;
import io.gapo.runtime.learning.Handover;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.KafkaSettings;
import io.gapo.streams.kafka.StageSettings;
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

  /** Those that hold the policy, or the adapter that is trained in its place. */
  private static final Set<Role> HAVE_POLICY =
      Set.of(Role.ROLLOUT_GENERATOR, Role.GRADIENT_COLLECTOR, Role.OPTIMIZER);

  private static final Duration TERMINATION = Duration.ofSeconds(30);

  private final ActorSystem<SpawnProtocol.Command> system;
  private final KafkaAccess kafka;
  private final Optional<Handover> handover;
  private final List<Stage> stages = new ArrayList<>();
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
   * @throws ConfigurationException if the device of models cannot be used, the policy has no room
   *     for the adapter, the optimizer cannot go on from its newest checkpoint or not with these
   *     topics, or tensors are to be lent to roles that are elsewhere
   * @throws io.gapo.ops.kafka.KafkaUnavailableException if Kafka does not answer or lacks a topic
   * @throws io.gapo.streams.history.ForgottenFatesException if old records would be delivered again
   *     that the lineage does not know any more
   */
  public static Pipeline start(
      Config root, GapoConfig config, Set<Role> roles, PipelineListener listener, Health health) {
    roles.forEach(role -> health.starting(role.text(), "it is starting"));
    requireStartable(config, roles);
    try (Cluster cluster = Cluster.connect(config.kafka())) {
      cluster.requireTopics(config.kafka().topics().all());
    }
    if (roles.contains(Role.OPTIMIZER)) {
      CheckpointTopics.require(config);
    }
    ActorSystem<SpawnProtocol.Command> system =
        ActorSystem.create(SpawnProtocol.create(), "gapo", root);
    KafkaSettings settings = config.kafka().access(config.instanceName());
    KafkaAccess kafka =
        KafkaAccess.open(
            system,
            settings,
            new StageSettings(
                new Backoff(config.delivery().minBackoff(), config.delivery().maxBackoff()),
                config.drainTimeout()),
            listener);
    Optional<Handover> handover =
        config.runtime().lendTensors() ? Optional.of(new Handover()) : Optional.empty();
    Pipeline pipeline = new Pipeline(system, kafka, handover, health, config.drainTimeout());
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
      for (Role role : Role.values()) {
        if (roles.contains(role)) {
          pipeline.add(start(context, role));
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
  private static void requireStartable(GapoConfig config, Set<Role> roles) {
    if (config.runtime().lendTensors() && roles.size() < Role.values().length) {
      throw new ConfigurationException(
          "gapo.runtime.lend-tensors must be false where a process has some of the roles only, as"
              + " here %s: the others could not read what is lent in this one"
                  .formatted(roles.stream().map(Role::text).sorted().toList()));
    }
    if (roles.stream().anyMatch(role -> computes(config, role))) {
      config.runtime().requireDevice();
    }
    if (roles.stream().anyMatch(HAVE_POLICY::contains)) {
      config.policy().requireFittingAdapter(config.policyPath());
    }
    if (roles.contains(Role.OPTIMIZER)) {
      new PartSettings(config).requireResumable();
    }
  }

  /** Whether a role opens a model. */
  private static boolean computes(GapoConfig config, Role role) {
    return HAVE_POLICY.contains(role) || ScorerWiring.hasModels(config, role);
  }

  private static Stage start(StageContext context, Role role) {
    return switch (role) {
      case ROLLOUT_GENERATOR -> GeneratorWiring.start(context);
      case REWARD_SCORER, COST_SCORER -> ScorerWiring.start(context, role);
      case GRADIENT_COLLECTOR -> CollectorWiring.start(context);
      case MGDA_COMBINER -> CombinerWiring.start(context);
      case OPTIMIZER -> OptimizerWiring.start(context);
    };
  }

  private void add(Stage stage) {
    stages.add(stage);
    if (!cannotOpen) {
      health.ready(stage.role().text());
    }
    stage
        .streams()
        .completion()
        .whenComplete(
            (done, cause) -> {
              // If a model could not be opened, all stages are cut off.
              if (cause != null && !cannotOpen) {
                LOG.error("Stage {} has given up", stage.role().text(), cause);
                fail(stage.role(), cause);
              }
            });
  }

  private void cannotOpen(Role role, Throwable cause) {
    cannotOpen = true;
    fail(role, cause);
  }

  private void fail(Role role, Throwable cause) {
    health.failed(role.text(), cause.toString());
    failure.completeExceptionally(cause);
  }

  /** The topics that this process commits offsets of, by consumer group. */
  public Map<String, String> consumedTopics() {
    Map<String, String> consumed = new HashMap<>();
    stages.forEach(stage -> consumed.putAll(stage.consumed()));
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
      for (Stage stage : stages) {
        await(stage.drain().toCompletableFuture(), drainTimeout, "drain " + stage.role().text());
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
      LOG.warn("Gave up to {} after {}; what was under way is done again", what, patience);
    } catch (ExecutionException e) {
      LOG.warn("Failed to {}; what was under way is done again: {}", what, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
