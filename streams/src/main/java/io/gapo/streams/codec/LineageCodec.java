package io.gapo.streams.codec;

import static io.gapo.streams.codec.ProtobufReader.nonNegative;

import io.gapo.core.lineage.AppliedUpdate;
import io.gapo.core.lineage.LineageRecord;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.streams.proto.FateMessage;
import io.gapo.streams.proto.LineageMessage;
import io.gapo.streams.proto.SettlementMessage;
import io.gapo.streams.proto.VersionLineageMessage;
import org.jspecify.annotations.Nullable;

/** The records of topic {@code lineage}. */
public final class LineageCodec implements RecordCodec<LineageRecord> {

  @Override
  public byte[] encode(LineageRecord record) {
    LineageMessage.Builder message = LineageMessage.newBuilder();
    if (record instanceof VersionLineage version) {
      message.setVersion(message(version));
    } else if (record instanceof Settlement settlement) {
      message.setSettlement(message(settlement));
    }
    return message.build().toByteArray();
  }

  @Override
  public LineageRecord decode(byte @Nullable [] bytes) throws MalformedRecordException {
    return ProtobufReader.read(
        "lineage record", LineageMessage.parser(), bytes, LineageCodec::record);
  }

  private static LineageRecord record(LineageMessage message) {
    return switch (message.getContentCase()) {
      case VERSION -> version(message.getVersion());
      case SETTLEMENT -> settlement(message.getSettlement());
      case CONTENT_NOT_SET ->
          throw new IllegalArgumentException("it is neither a version's nor a rollout's");
    };
  }

  private static VersionLineageMessage message(VersionLineage lineage) {
    VersionLineageMessage.Builder message =
        VersionLineageMessage.newBuilder()
            .setVersion(lineage.version().number())
            .setEpoch(lineage.epoch())
            .setDirection(StepMessages.message(lineage.direction()))
            .setStatistics(StepMessages.message(lineage.statistics()))
            .setGradientNorm(lineage.update().gradientNorm())
            .setLearningRate(lineage.update().learningRate())
            .addAllRollouts(StepMessages.messages(lineage.rollouts()))
            .setAppliedAt(Timestamps.message(lineage.appliedAt()));
    String model = lineage.model();
    if (model != null) {
      message.setModel(model);
    }
    return message.build();
  }

  private static VersionLineage version(VersionLineageMessage message) {
    return new VersionLineage(
        new PolicyVersion(message.getVersion()),
        nonNegative("epoch", message.getEpoch()),
        StepMessages.direction(message.getDirection()),
        StepMessages.statistics(message.getStatistics()),
        new AppliedUpdate(message.getGradientNorm(), message.getLearningRate()),
        StepMessages.references(message.getRolloutsList()),
        Timestamps.instant(message.getAppliedAt()),
        message.hasModel() ? message.getModel() : null);
  }

  private static SettlementMessage message(Settlement settlement) {
    return SettlementMessage.newBuilder()
        .setRollout(StepMessages.message(settlement.rollout()))
        .setFate(fate(settlement.fate()))
        .setVersion(settlement.version())
        .setReason(settlement.reason())
        .build();
  }

  private static Settlement settlement(SettlementMessage message) {
    return new Settlement(
        StepMessages.reference(message.getRollout()),
        fate(message.getFate()),
        nonNegative("version", message.getVersion()),
        message.getReason());
  }

  private static FateMessage fate(Fate fate) {
    return switch (fate) {
      case STALE -> FateMessage.FATE_STALE;
      case QUARANTINED -> FateMessage.FATE_QUARANTINED;
      case REFUSED -> FateMessage.FATE_REFUSED;
    };
  }

  private static Fate fate(FateMessage fate) {
    return switch (fate) {
      case FATE_STALE -> Fate.STALE;
      case FATE_QUARANTINED -> Fate.QUARANTINED;
      case FATE_REFUSED -> Fate.REFUSED;
      case FATE_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException("unknown fate");
    };
  }
}
