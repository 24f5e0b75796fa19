package io.gapo.streams.codec;

import static io.gapo.streams.codec.ProtobufReader.required;

import io.gapo.core.rollout.MissingScore;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.Score;
import io.gapo.core.rollout.ScoreRecord;
import io.gapo.streams.proto.ScoreMessage;
import org.jspecify.annotations.Nullable;

/**
 * The records of topic {@code scores}, which any process may write: a number that is no score comes
 * out as a {@link MissingScore}, so that its rollout is not waited for.
 */
public final class ScoreCodec implements RecordCodec<ScoreRecord> {

  /** Of a reason; it goes into the lineage. */
  private static final int MAX_REASON = 1_000;

  /** What is larger is an accident, and its square would stay in a running mean for ever. */
  private static final double LARGEST = 1e12;

  @Override
  public byte[] encode(ScoreRecord score) {
    ScoreMessage.Builder message =
        ScoreMessage.newBuilder()
            .setRolloutId(score.rolloutId())
            .setRolloutDigest(score.rolloutDigest())
            .setObjective(score.objective());
    if (score instanceof Score known) {
      message.setValue(known.value());
    } else {
      message.setNoScore(((MissingScore) score).reason());
    }
    return message.build().toByteArray();
  }

  @Override
  public ScoreRecord decode(byte @Nullable [] bytes) throws MalformedRecordException {
    return ProtobufReader.read("score", ScoreMessage.parser(), bytes, ScoreCodec::score);
  }

  private static ScoreRecord score(ScoreMessage message) {
    Rollout.promptId(message.getRolloutId()); // refuses what is no rollout's id
    required("rollout digest", message.getRolloutDigest());
    required("objective", message.getObjective());
    return switch (message.getOutcomeCase()) {
      case VALUE ->
          Math.abs(message.getValue()) <= LARGEST
              ? new Score(
                  message.getRolloutId(),
                  message.getRolloutDigest(),
                  message.getObjective(),
                  message.getValue())
              : missing(message, "its score is " + message.getValue());
      case NO_SCORE -> missing(message, required("reason", message.getNoScore()));
      case OUTCOME_NOT_SET -> throw new IllegalArgumentException("value is missing");
    };
  }

  private static MissingScore missing(ScoreMessage message, String reason) {
    return new MissingScore(
        message.getRolloutId(),
        message.getRolloutDigest(),
        message.getObjective(),
        reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) + "…" : reason);
  }
}
