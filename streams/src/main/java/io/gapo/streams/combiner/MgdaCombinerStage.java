package io.gapo.streams.combiner;

import io.gapo.core.port.Stage;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.UpdateDirection;
import io.gapo.streams.kafka.CommittingStream;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.RunningStage;
import io.gapo.streams.kafka.TopicWriters;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Reads topic {@code objective-gradients} and writes topic {@code update-directions}. */
public final class MgdaCombinerStage {

  private static final Stage STAGE = Stage.MGDA_COMBINER;

  private MgdaCombinerStage() {}

  /** Starts the stage. */
  public static RunningStage start(
      KafkaAccess kafka,
      Function<ObjectiveGradients, CompletionStage<List<UpdateDirection>>> decide) {
    return CommittingStream.start(
        STAGE,
        STAGE.text(),
        kafka,
        kafka.topics().objectiveGradients(),
        kafka.groups().mgdaCombiner(),
        kafka.stages().drainTimeout(),
        MgdaCombinerFlow.create(
            decide, TopicWriters.updateDirections(kafka)::write, kafka.quarantine(STAGE)));
  }
}
