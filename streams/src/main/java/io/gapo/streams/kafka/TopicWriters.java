package io.gapo.streams.kafka;

import io.gapo.core.lineage.LineageRecord;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoreRecord;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.UpdateDirection;
import io.gapo.streams.codec.LineageCodec;
import io.gapo.streams.codec.ObjectiveGradientsCodec;
import io.gapo.streams.codec.RolloutCodec;
import io.gapo.streams.codec.ScoreCodec;
import io.gapo.streams.codec.UpdateDirectionCodec;

/** Which record goes to which topic under which key; gapo.proto says so to other clients. */
public final class TopicWriters {

  private TopicWriters() {}

  public static TopicWriter<Rollout> rollouts(KafkaAccess kafka) {
    return new TopicWriter<>(
        kafka.publisher(), kafka.topics().rollouts(), new RolloutCodec(), TopicWriters::key);
  }

  public static TopicWriter<ScoreRecord> scores(KafkaAccess kafka) {
    return new TopicWriter<>(
        kafka.publisher(), kafka.topics().scores(), new ScoreCodec(), TopicWriters::key);
  }

  static String key(Rollout rollout) {
    return group(rollout.promptId());
  }

  static String key(ScoreRecord score) {
    return group(Rollout.promptId(score.rolloutId()));
  }

  /**
   * The key of a prompt's rollouts and of their scores. It is not the prompt's own: prompts of one
   * partition are read in a row, and their rollouts would be one partition's, and so one
   * collector's, for a long time.
   */
  static String group(String promptId) {
    return promptId + "#";
  }

  public static TopicWriter<ObjectiveGradients> objectiveGradients(KafkaAccess kafka) {
    return new TopicWriter<>(
        kafka.publisher(),
        kafka.topics().objectiveGradients(),
        new ObjectiveGradientsCodec(),
        TopicWriters::key);
  }

  static String key(ObjectiveGradients gradients) {
    return gradients.step().collector();
  }

  public static TopicWriter<UpdateDirection> updateDirections(KafkaAccess kafka) {
    return new TopicWriter<>(
        kafka.publisher(),
        kafka.topics().updateDirections(),
        new UpdateDirectionCodec(),
        TopicWriters::key);
  }

  static String key(UpdateDirection direction) {
    return direction.step().collector();
  }

  public static TopicWriter<LineageRecord> lineage(KafkaAccess kafka) {
    return new TopicWriter<>(
        kafka.publisher(), kafka.topics().lineage(), new LineageCodec(), TopicWriters::key);
  }

  static String key(LineageRecord record) {
    if (record instanceof VersionLineage lineage) {
      return lineage.version().toString();
    }
    return ((Settlement) record).rollout().id();
  }
}
