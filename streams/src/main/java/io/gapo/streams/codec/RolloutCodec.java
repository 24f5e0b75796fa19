package io.gapo.streams.codec;

import static io.gapo.streams.codec.ProtobufReader.nonNegative;
import static io.gapo.streams.codec.ProtobufReader.required;

import io.gapo.core.rollout.ChatMessage;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.PromptNotes;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.core.rollout.Rollout;
import io.gapo.streams.proto.ChatMessageMessage;
import io.gapo.streams.proto.FinishReasonMessage;
import io.gapo.streams.proto.RolloutMessage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The records of topic {@code rollouts}. */
public final class RolloutCodec implements RecordCodec<Rollout> {

  @Override
  public byte[] encode(Rollout rollout) {
    RolloutMessage.Builder message =
        RolloutMessage.newBuilder()
            .setPromptId(rollout.promptId())
            .setSampleIndex(rollout.sampleIndex())
            .setPrompt(rollout.prompt())
            .setResponse(rollout.response())
            .setFinishReason(finishReason(rollout.finishReason()))
            .setSeed(rollout.seed())
            .setDigest(rollout.digest());
    for (int token : rollout.promptTokens()) {
      message.addPromptTokens(token);
    }
    for (int token : rollout.responseTokens()) {
      message.addResponseTokens(token);
    }
    for (float logProb : rollout.behaviorLogProbs()) {
      message.addBehaviorLogProbs(logProb);
    }
    for (long version : rollout.versions()) {
      message.addVersions(version);
    }
    rollout.notes().label().ifPresent(message::setLabel);
    rollout.notes().metadata().ifPresent(message::setMetadata);
    for (ChatMessage said : rollout.history()) {
      message.addHistory(
          ChatMessageMessage.newBuilder().setRole(said.role()).setContent(said.content()));
    }
    rollout.preference().ifPresent(asked -> message.putAllPreference(asked.shares()));
    return message.build().toByteArray();
  }

  @Override
  public Rollout decode(byte @Nullable [] bytes) throws MalformedRecordException {
    return ProtobufReader.read("rollout", RolloutMessage.parser(), bytes, RolloutCodec::rollout);
  }

  private static Rollout rollout(RolloutMessage message) {
    message.getVersionsList().forEach(version -> nonNegative("policy version", version));
    Rollout rollout = contents(message);
    // Scores that name another digest than the one here would never join the rollout.
    if (!message.getDigest().isEmpty() && !message.getDigest().equals(rollout.digest())) {
      throw new IllegalArgumentException(
          "the digest of its contents is %s, but it says %s"
              .formatted(rollout.digest(), message.getDigest()));
    }
    return rollout;
  }

  private static Rollout contents(RolloutMessage message) {
    return new Rollout(
        required("prompt id", message.getPromptId()),
        nonNegative("sample index", message.getSampleIndex()),
        required("prompt", message.getPrompt()),
        message.getResponse(),
        ints(message.getPromptTokensList()),
        ints(message.getResponseTokensList()),
        floats(message.getBehaviorLogProbsList()),
        message.getVersionsList().stream().mapToLong(Long::longValue).toArray(),
        finishReason(message.getFinishReason()),
        message.getSeed(),
        preference(message.getPreferenceMap()),
        notes(message),
        history(message));
  }

  private static List<ChatMessage> history(RolloutMessage message) {
    return message.getHistoryList().stream()
        .map(said -> new ChatMessage(said.getRole(), said.getContent()))
        .toList();
  }

  private static PromptNotes notes(RolloutMessage message) {
    return new PromptNotes(
        message.hasLabel() ? Optional.of(message.getLabel()) : Optional.empty(),
        message.hasMetadata() ? Optional.of(message.getMetadata()) : Optional.empty());
  }

  private static Optional<PromptPreference> preference(Map<String, Double> shares) {
    return shares.isEmpty() ? Optional.empty() : Optional.of(PromptPreference.of(shares));
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  private static float[] floats(List<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return floats;
  }

  private static FinishReasonMessage finishReason(FinishReason reason) {
    return switch (reason) {
      case END_OF_SEQUENCE -> FinishReasonMessage.FINISH_REASON_END_OF_SEQUENCE;
      case LENGTH -> FinishReasonMessage.FINISH_REASON_LENGTH;
    };
  }

  private static FinishReason finishReason(FinishReasonMessage reason) {
    return switch (reason) {
      case FINISH_REASON_END_OF_SEQUENCE -> FinishReason.END_OF_SEQUENCE;
      case FINISH_REASON_LENGTH -> FinishReason.LENGTH;
      case FINISH_REASON_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("unknown finish reason");
    };
  }
}
