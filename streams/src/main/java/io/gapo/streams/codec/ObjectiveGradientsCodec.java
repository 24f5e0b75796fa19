package io.gapo.streams.codec;

import io.gapo.core.step.MeasuredBatch;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.streams.proto.ObjectiveGradientsMessage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The records of topic {@code objective-gradients}. */
public final class ObjectiveGradientsCodec implements RecordCodec<ObjectiveGradients> {

  @Override
  public byte[] encode(ObjectiveGradients gradients) {
    ObjectiveGradientsMessage.Builder message =
        ObjectiveGradientsMessage.newBuilder()
            .setStep(StepMessages.message(gradients.step()))
            .setGram(StepMessages.message(gradients.gram()))
            .setStatistics(StepMessages.message(gradients.statistics()))
            .addAllRollouts(StepMessages.messages(gradients.rollouts()));
    StepMessages.message(gradients.memory()).ifPresent(message::setMemory);
    MeasuredBatch measured = gradients.measured();
    measured.fullGram().ifPresent(full -> message.setFullGram(StepMessages.message(full)));
    measured.linear().ifPresent(linear -> message.setLinear(LinearMessages.message(linear)));
    return message.build().toByteArray();
  }

  @Override
  public ObjectiveGradients decode(byte @Nullable [] bytes) throws MalformedRecordException {
    return ProtobufReader.read(
        "step's objective gradients",
        ObjectiveGradientsMessage.parser(),
        bytes,
        message ->
            new ObjectiveGradients(
                StepMessages.step(message.getStep()),
                measured(message),
                StepMessages.references(message.getRolloutsList()),
                StepMessages.memory(
                    message.hasMemory() ? Optional.of(message.getMemory()) : Optional.empty(),
                    message.getCombinerMemoryList())));
  }

  private static MeasuredBatch measured(ObjectiveGradientsMessage message) {
    return new MeasuredBatch(
        StepMessages.gram(message.getGram()),
        message.hasFullGram()
            ? Optional.of(StepMessages.gram(message.getFullGram()))
            : Optional.empty(),
        StepMessages.statistics(message.getStatistics()),
        message.hasLinear()
            ? Optional.of(LinearMessages.gradients(message.getLinear()))
            : Optional.empty());
  }
}
