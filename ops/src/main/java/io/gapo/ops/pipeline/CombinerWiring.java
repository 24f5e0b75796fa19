package io.gapo.ops.pipeline;

import akka.actor.typed.ActorRef;
import io.gapo.actors.combiner.MgdaCombiner;
import io.gapo.core.port.Stage;
import io.gapo.streams.combiner.MgdaCombinerStage;
import io.gapo.streams.kafka.KafkaAccess;
import java.util.List;
import java.util.Map;

/** Wires the combiner: objective gradients in, update directions out. */
final class CombinerWiring {

  private CombinerWiring() {}

  static StartedStage start(StageContext context) {
    KafkaAccess kafka = context.kafka();
    ActorRef<MgdaCombiner.Command> actor =
        context.spawn(
            MgdaCombiner.create(
                context.parts().directionChoice()::chooseForAll,
                context.config().collector().collectors(),
                context.listener()),
            Stage.MGDA_COMBINER.text(),
            Stage.MGDA_COMBINER);
    return StartedStage.of(
        Stage.MGDA_COMBINER,
        Map.of(kafka.groups().mgdaCombiner(), kafka.topics().objectiveGradients()),
        List.of(
            MgdaCombinerStage.start(
                kafka,
                gradients ->
                    context.ask(actor, replyTo -> new MgdaCombiner.Combine(gradients, replyTo)))));
  }
}
