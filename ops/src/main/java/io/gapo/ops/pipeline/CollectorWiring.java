package io.gapo.ops.pipeline;

import akka.Done;
import akka.actor.typed.ActorRef;
import io.gapo.actors.collector.GradientCollector;
import io.gapo.core.lineage.LineageRecord;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.port.Stage;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.config.GeneratorConfig;
import io.gapo.runtime.gradients.PpoSettings;
import io.gapo.runtime.gradients.TorchPolicyGradients;
import io.gapo.streams.collector.CollectorShare;
import io.gapo.streams.collector.GradientCollectorStage;
import io.gapo.streams.collector.KafkaStepPublisher;
import io.gapo.streams.history.LineageCoverage;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.RunningStage;
import io.gapo.streams.tensor.AssemblyLimits;
import io.gapo.streams.version.LineageFeed;
import io.gapo.streams.version.PolicyVersionFeed;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Wires the gradient collector: rollouts, scores, directions, versions and lineage in, objective
 * gradients, policy gradients and settlements out.
 */
final class CollectorWiring {

  private CollectorWiring() {}

  static StartedStage start(StageContext context) {
    KafkaAccess kafka = context.kafka();
    LineageCoverage.require(
        context.kafkaSettings(), kafka.groups().collectorRollouts(), kafka.topics().rollouts());
    GapoConfig config = context.config();
    CollectorShare share = context.parts().collectorShare();
    PpoSettings ppo = context.parts().ppo();
    ActorRef<GradientCollector.Command> actor =
        context.spawn(
            GradientCollector.create(
                context.opening(
                    Stage.GRADIENT_COLLECTOR,
                    () ->
                        TorchPolicyGradients.open(
                            context.parts().initialPolicy(),
                            ppo,
                            context.parts().torch(),
                            context.handover())),
                KafkaStepPublisher.create(kafka),
                context.parts().collector(),
                context.listener()),
            Stage.GRADIENT_COLLECTOR.text(),
            Stage.GRADIENT_COLLECTOR);
    LineageFeed lineage =
        LineageFeed.fromBeginning(
            kafka, Stage.GRADIENT_COLLECTOR, record -> tell(actor, message(record)));
    lineage.caughtUp().thenRun(() -> actor.tell(new GradientCollector.LineageCaughtUp()));
    RunningStage versions =
        PolicyVersionFeed.start(
            kafka,
            Stage.GRADIENT_COLLECTOR,
            AssemblyLimits.DEFAULT,
            snapshot ->
                context.<GradientCollector.Command, Done>ask(
                    actor, replyTo -> new GradientCollector.Adopt(snapshot, replyTo)));
    RunningStage inputs =
        GradientCollectorStage.start(
            kafka,
            share,
            inFlight(config),
            config.objectives().size(),
            rollout ->
                context.<GradientCollector.Command, Done>ask(
                    actor, replyTo -> new GradientCollector.RolloutArrived(rollout, replyTo)),
            score ->
                context.<GradientCollector.Command, Done>ask(
                    actor, replyTo -> new GradientCollector.ScoreArrived(score, replyTo)),
            direction -> tell(actor, new GradientCollector.DirectionArrived(direction)),
            received -> tell(actor, new GradientCollector.ContributionReceived(received)));
    return StartedStage.of(
        Stage.GRADIENT_COLLECTOR,
        Map.of(
            kafka.groups().collectorRollouts(), kafka.topics().rollouts(),
            kafka.groups().collectorScores(), kafka.topics().scores(),
            GradientCollectorStage.directionsGroup(kafka, share),
                kafka.topics().updateDirections()),
        List.of(inputs, lineage, versions));
  }

  /** Well above the quota, so that the next batch can come in while one is being trained on. */
  private static int inFlight(GapoConfig config) {
    GeneratorConfig generator = config.generator();
    return 4 * (generator.stage().quota().limit() + generator.sampler().slots());
  }

  private static GradientCollector.Command message(LineageRecord record) {
    return record instanceof VersionLineage version
        ? new GradientCollector.VersionLineageRead(version)
        : new GradientCollector.SettlementRead((Settlement) record);
  }

  private static CompletionStage<?> tell(
      ActorRef<GradientCollector.Command> actor, GradientCollector.Command message) {
    actor.tell(message);
    return CompletableFuture.completedFuture(Done.done());
  }
}
