package io.gapo.ops.pipeline;

import akka.actor.typed.ActorRef;
import io.gapo.actors.optimizer.Optimizer;
import io.gapo.core.port.Stage;
import io.gapo.hub.HubModel;
import io.gapo.runtime.learner.TorchPolicyLearner;
import io.gapo.streams.history.KafkaSettledHistory;
import io.gapo.streams.optimizer.KafkaVersionPublisher;
import io.gapo.streams.optimizer.OptimizerStage;
import io.gapo.streams.tensor.AssemblyLimits;
import java.util.List;
import java.util.Map;

/** Wires the optimizer: policy gradients in, lineage and policy versions out. */
final class OptimizerWiring {

  private OptimizerWiring() {}

  static StartedStage start(StageContext context) {
    ActorRef<Optimizer.Command> actor =
        context.spawn(
            Optimizer.create(
                context.opening(
                    Stage.OPTIMIZER,
                    () ->
                        TorchPolicyLearner.open(
                            context.parts().initialPolicy(),
                            context.config().checkpointPath(),
                            context.parts().learner(),
                            context.parts().torch(),
                            context.handover())),
                HubModel.ofSnapshot(context.config().policyPath())
                    .map(HubModel::toString)
                    .orElse(null),
                new KafkaSettledHistory(context.kafkaSettings()),
                KafkaVersionPublisher.create(context.kafka()),
                context.parts().backoff(),
                context.listener(),
                context.clock()),
            Stage.OPTIMIZER.text(),
            Stage.OPTIMIZER);
    return StartedStage.of(
        Stage.OPTIMIZER,
        Map.of(),
        List.of(
            OptimizerStage.start(
                context.kafka(),
                AssemblyLimits.DEFAULT,
                () -> context.ask(actor, Optimizer.InputOffsets::new),
                (part, nextOffsets) ->
                    context.<Optimizer.Command, Optimizer.Outcome>ask(
                        actor, replyTo -> new Optimizer.Apply(part, nextOffsets, replyTo)))));
  }
}
