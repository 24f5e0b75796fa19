package io.gapo.ops.pipeline;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.AskPattern;
import io.gapo.actors.generator.DrainingException;
import io.gapo.actors.generator.GeneratorSettings;
import io.gapo.actors.generator.RolloutGenerator;
import io.gapo.core.lineage.LineageRecord;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.port.Failures;
import io.gapo.core.port.RejectedPromptException;
import io.gapo.core.port.Stage;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.streams.codec.PromptLimits;
import io.gapo.streams.generator.RolloutGeneratorStage;
import io.gapo.streams.generator.SeenPrompts;
import io.gapo.streams.history.GeneratorHistory;
import io.gapo.streams.history.LineageCoverage;
import io.gapo.streams.history.PromptHistory;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.RunningStage;
import io.gapo.streams.tensor.AssemblyLimits;
import io.gapo.streams.version.LineageFeed;
import io.gapo.streams.version.PolicyVersionFeed;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires the rollout generator: prompts, policy versions and lineage in, rollouts out. */
final class GeneratorWiring {

  private static final Logger LOG = LoggerFactory.getLogger(GeneratorWiring.class);

  private final StageContext context;
  private final ActorRef<RolloutGenerator.Command> actor;

  private final UnweighedPreferences preferences;

  private GeneratorWiring(StageContext context, ActorRef<RolloutGenerator.Command> actor) {
    this.context = context;
    this.actor = actor;
    this.preferences = new UnweighedPreferences(context.config(), LOG::warn);
  }

  static StartedStage start(StageContext context) {
    context.parts().requireRoom();
    KafkaAccess kafka = context.kafka();
    LineageCoverage.require(
        context.kafkaSettings(), kafka.groups().rolloutGenerator(), kafka.topics().prompts());
    SeenPrompts seen = new SeenPrompts(SeenPrompts.DEFAULT_CAPACITY);
    GeneratorHistory history = GeneratorHistory.read(context.kafkaSettings(), seen::sampled);
    PromptHistory.addTo(seen, context.kafkaSettings(), PromptLimits.DEFAULT);
    ActorRef<RolloutGenerator.Command> actor =
        context.spawn(
            RolloutGenerator.create(
                context.opening(Stage.ROLLOUT_GENERATOR, () -> context.parts().openSampler()),
                context.parts().generator(),
                history.rollouts(),
                context.listener()),
            Stage.ROLLOUT_GENERATOR.text(),
            Stage.ROLLOUT_GENERATOR);
    return new GeneratorWiring(context, actor).run(history, seen);
  }

  private StartedStage run(GeneratorHistory history, SeenPrompts seen) {
    KafkaAccess kafka = context.kafka();
    RunningStage versions =
        PolicyVersionFeed.start(
            kafka,
            Stage.ROLLOUT_GENERATOR,
            AssemblyLimits.DEFAULT,
            snapshot ->
                context.<RolloutGenerator.Command, Done>ask(
                    actor, replyTo -> new RolloutGenerator.Adopt(snapshot, replyTo)));
    RunningStage lineage =
        LineageFeed.fromOffset(kafka, Stage.ROLLOUT_GENERATOR, history.lineageEnd(), this::settle);
    RunningStage prompts =
        RolloutGeneratorStage.start(
            kafka,
            PromptLimits.DEFAULT,
            seen,
            parallelism(),
            prompt -> {
              preferences.look(prompt);
              return generate(prompt, context.parts().retries().attempts());
            });
    return new StartedStage(
        Stage.ROLLOUT_GENERATOR,
        Map.of(kafka.groups().rolloutGenerator(), kafka.topics().prompts()),
        RunningStage.of(Stage.ROLLOUT_GENERATOR.text(), List.of(prompts, lineage, versions)),
        this::finish);
  }

  /** As many prompts as can be sampled or wait for quota, and as many again to replace them. */
  private int parallelism() {
    GeneratorSettings generator = context.parts().generator();
    int rollouts = generator.quota().limit() + context.parts().sampler().slots();
    return 2 * Math.max(1, rollouts / generator.samplesPerPrompt());
  }

  private CompletionStage<?> settle(LineageRecord record) {
    if (record instanceof VersionLineage version) {
      actor.tell(
          new RolloutGenerator.Trained(
              version.version(),
              version.epoch(),
              version.rollouts().stream().map(RolloutReference::id).toList()));
    } else if (record instanceof Settlement settlement) {
      actor.tell(new RolloutGenerator.Settled(List.of(settlement.rollout().id())));
    }
    return CompletableFuture.completedFuture(Done.done());
  }

  /**
   * A sampler that fails is created again; a prompt that it fails on again and again is given up.
   */
  private CompletionStage<List<Rollout>> generate(Prompt prompt, int attempts) {
    CompletionStage<List<Rollout>> rollouts =
        context.ask(actor, replyTo -> new RolloutGenerator.Generate(prompt, replyTo));
    return rollouts
        .handle(
            (sampled, failure) ->
                failure == null
                    ? CompletableFuture.completedFuture(sampled)
                    : failed(prompt, attempts - 1, failure))
        .thenCompose(Function.identity());
  }

  private CompletionStage<List<Rollout>> failed(
      Prompt prompt, int attemptsLeft, Throwable failure) {
    Throwable cause = Failures.cause(failure);
    if (cause instanceof RejectedPromptException || cause instanceof DrainingException) {
      return CompletableFuture.failedFuture(cause);
    }
    return attemptsLeft > 0
        ? generate(prompt, attemptsLeft)
        : CompletableFuture.failedFuture(
            new RejectedPromptException("the policy cannot be sampled for it: " + cause));
  }

  private CompletionStage<Done> finish() {
    return AskPattern.ask(
        actor,
        RolloutGenerator.Drain::new,
        context.config().streams().drainTimeout(),
        context.system().scheduler());
  }
}
