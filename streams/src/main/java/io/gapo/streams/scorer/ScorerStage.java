package io.gapo.streams.scorer;

import io.gapo.core.port.Stage;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.Score;
import io.gapo.core.rollout.SettledRollouts;
import io.gapo.streams.kafka.CommittingStream;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.RunningStage;
import io.gapo.streams.kafka.TopicWriters;
import io.gapo.streams.scorer.ScorerFlow.Batches;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Reads topic {@code rollouts} and writes topic {@code scores}, for one objective. */
public final class ScorerStage {

  /** What an objective's scores are for. */
  public enum Use {
    /** The policy is trained on them: a rollout without one never will be. */
    TRAINING,
    /** They are looked at: a rollout without one is in quarantine, and trained on all the same. */
    WATCHING
  }

  private ScorerStage() {}

  /**
   * Starts the stage.
   *
   * @param stage that scores the objective
   * @param objective whose scores these are; every objective reads all rollouts
   * @param use whether what cannot be scored is settled
   * @param settled before the stage was started: what the topic delivers again of them is passed
   *     over; read only
   * @param score as {@link ScorerFlow} has it
   */
  public static RunningStage start(
      KafkaAccess kafka,
      Stage stage,
      String objective,
      Use use,
      Batches batches,
      Retries retries,
      SettledRollouts settled,
      Function<List<Rollout>, CompletionStage<List<Score>>> score) {
    return CommittingStream.start(
        stage,
        stage + " of " + objective,
        kafka,
        kafka.topics().rollouts(),
        kafka.groups().scorer(stage, objective),
        kafka.stages().drainTimeout(),
        ScorerFlow.create(
            batches,
            retries,
            rollout -> passesOver(kafka, stage, settled, rollout),
            score,
            TopicWriters.scores(kafka)::writeAll,
            use == Use.TRAINING
                ? TopicWriters.lineage(kafka)::write
                : settlement -> CompletableFuture.completedFuture(settlement),
            kafka.quarantine(stage)));
  }

  private static boolean passesOver(
      KafkaAccess kafka, Stage stage, SettledRollouts settled, Rollout rollout) {
    boolean isSettled = settled.contains(rollout.id());
    if (isSettled) {
      kafka.listener().settledSkipped(stage);
    }
    return isSettled;
  }
}
