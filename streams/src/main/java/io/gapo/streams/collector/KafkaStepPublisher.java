package io.gapo.streams.collector;

import io.gapo.core.lineage.LineageRecord;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.port.StepPublisher;
import io.gapo.core.step.GradientPart;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.streams.codec.GradientPartFormat;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.KafkaTensorPublisher;
import io.gapo.streams.kafka.TopicWriter;
import io.gapo.streams.kafka.TopicWriters;
import io.gapo.streams.tensor.TensorChunking;
import io.gapo.streams.tensor.TensorPublisher;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * A gradient collector's results, to topics {@code objective-gradients}, {@code policy-gradients}
 * and {@code lineage}. Thread-safe.
 */
public final class KafkaStepPublisher implements StepPublisher {

  private final TopicWriter<ObjectiveGradients> gradients;
  private final TensorPublisher<GradientPart> parts;
  private final TopicWriter<LineageRecord> lineage;

  private KafkaStepPublisher(
      TopicWriter<ObjectiveGradients> gradients,
      TensorPublisher<GradientPart> parts,
      TopicWriter<LineageRecord> lineage) {
    this.gradients = gradients;
    this.parts = parts;
    this.lineage = lineage;
  }

  /** A publisher that sends gradients in chunks, but those that are lent. */
  public static KafkaStepPublisher create(KafkaAccess kafka) {
    return new KafkaStepPublisher(
        TopicWriters.objectiveGradients(kafka),
        new KafkaTensorPublisher<>(
            kafka.publisher(),
            kafka.topics().policyGradients(),
            new TensorChunking<>(new GradientPartFormat(), TensorChunking.DEFAULT_CHUNK_BYTES),
            () -> UUID.randomUUID().toString(),
            part -> part.step().toString(),
            kafka.lent()),
        TopicWriters.lineage(kafka));
  }

  @Override
  public CompletionStage<?> publish(ObjectiveGradients measured) {
    return gradients.write(measured);
  }

  @Override
  public CompletionStage<?> publish(GradientPart part) {
    return parts.publish(part);
  }

  @Override
  public CompletionStage<?> publish(Settlement settlement) {
    return lineage.write(settlement);
  }
}
