package io.gapo.streams.optimizer;

import io.gapo.core.port.Stage;
import io.gapo.core.step.GradientPart;
import io.gapo.streams.codec.GradientPartFormat;
import io.gapo.streams.intake.SkippedTransfers;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.PlainStream;
import io.gapo.streams.kafka.PlainStream.From;
import io.gapo.streams.kafka.RunningStage;
import io.gapo.streams.tensor.AssemblyLimits;
import io.gapo.streams.tensor.TensorAssembler;
import io.gapo.streams.topic.RecordCoordinates;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * From topic {@code policy-gradients} to one optimizer, whose results a {@link
 * KafkaVersionPublisher} publishes. It reads from where its checkpoint says, and belongs to no
 * consumer group.
 */
public final class OptimizerStage {

  private static final Stage STAGE = Stage.OPTIMIZER;

  private OptimizerStage() {}

  /**
   * Starts the stage.
   *
   * @param inputOffsets the newest checkpoint's next offsets, by {@link
   *     RecordCoordinates#partitionId()}; the topic is read from its beginning where it has none,
   *     as when it was deleted and created again since. Asked each time the stream starts
   * @param apply see {@link OptimizerFlow}
   */
  public static RunningStage start(
      KafkaAccess kafka,
      AssemblyLimits limits,
      Supplier<CompletionStage<Map<String, Long>>> inputOffsets,
      BiFunction<GradientPart, Map<String, Long>, CompletionStage<?>> apply) {
    String topic = kafka.topics().policyGradients();
    return PlainStream.start(
        STAGE,
        STAGE.text(),
        kafka,
        topic,
        kafka.stages().drainTimeout(),
        () ->
            inputOffsets
                .get()
                .thenCombine(
                    kafka.topicId(topic),
                    (offsets, topicId) ->
                        new From<>(
                            offsets.getOrDefault(
                                new RecordCoordinates(topic, topicId, 0, 0).partitionId(), 0L),
                            OptimizerFlow.create(
                                TensorAssembler.flow(
                                    new GradientPartFormat(), limits, kafka.lent()),
                                apply,
                                new SkippedTransfers<>(STAGE, kafka.listener()),
                                kafka.quarantine(STAGE)))));
  }
}
