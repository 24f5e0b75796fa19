package io.gapo.streams.codec;

import static io.gapo.streams.codec.ProtobufReader.nonNegative;
import static io.gapo.streams.codec.ProtobufReader.required;

import com.google.protobuf.ByteString;
import io.gapo.streams.proto.QuarantinedMessage;
import io.gapo.streams.topic.Quarantined;
import io.gapo.streams.topic.RecordCoordinates;
import org.jspecify.annotations.Nullable;

/** The records of topic {@code quarantine}. */
public final class QuarantinedCodec implements RecordCodec<Quarantined> {

  @Override
  public byte[] encode(Quarantined record) {
    QuarantinedMessage.Builder message =
        QuarantinedMessage.newBuilder()
            .setTopic(record.at().topic())
            .setTopicId(record.at().topicId())
            .setPartition(record.at().partition())
            .setOffset(record.at().offset())
            .setStage(record.stage())
            .setReason(record.reason())
            .setValueBytes(record.valueBytes())
            .setQuarantinedAt(Timestamps.message(record.time()));
    byte[] key = record.key();
    if (key != null) {
      message.setKey(ByteString.copyFrom(key));
    }
    byte[] value = record.value();
    if (value != null) {
      message.setValue(ByteString.copyFrom(value));
    }
    return message.build().toByteArray();
  }

  @Override
  public Quarantined decode(byte @Nullable [] bytes) throws MalformedRecordException {
    return ProtobufReader.read(
        "quarantined record", QuarantinedMessage.parser(), bytes, QuarantinedCodec::quarantined);
  }

  private static Quarantined quarantined(QuarantinedMessage message) {
    return new Quarantined(
        new RecordCoordinates(
            required("topic", message.getTopic()),
            message.getTopicId(),
            nonNegative("partition", message.getPartition()),
            nonNegative("offset", message.getOffset())),
        required("stage", message.getStage()),
        required("reason", message.getReason()),
        message.hasKey() ? message.getKey().toByteArray() : null,
        message.hasValue() ? message.getValue().toByteArray() : null,
        message.getValueBytes(),
        Timestamps.instant(message.getQuarantinedAt()));
  }
}
