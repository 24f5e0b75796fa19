package io.gapo.core.port;

import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoredRollout;
import java.time.Duration;
import java.util.List;

/**
 * Hears what the stages of this process do. Called on their threads: implementations are
 * thread-safe and quick.
 */
public interface PipelineListener {

  /** Hears nothing. */
  PipelineListener NONE = new PipelineListener() {};

  /** A stage spent this long in one phase of its work, for example {@code decode}. */
  default void phase(Stage stage, String phase, Duration duration) {}

  /** A stage had nothing it could do for this long. */
  default void waited(Stage stage, Duration duration) {}

  /**
   * A stage took a record that had been written this long before, by the clocks of who wrote it and
   * of this process; never negative, and not told of records without a time. Where a stage reads by
   * a group's committed offsets, every record counts, each time that it is taken. Elsewhere only
   * what was written since the stage's stream from that topic started, or started again after a
   * failure, counts: what is older is history.
   */
  default void recordTaken(Stage stage, String topic, Duration age) {}

  /** A decode step sampled this many tokens. */
  default void tokensSampled(int tokens) {}

  /** A response ended. */
  default void rolloutFinished(Rollout rollout) {}

  /** Rollouts sampled or being sampled that no version has used yet. */
  default void outstandingRollouts(int rollouts, int limit) {}

  /** A scorer scored some rollouts; higher is better. */
  default void scored(String objective, double meanScore) {}

  /**
   * Rollouts that have come to a gradient collector and wait for a score of this objective, and how
   * long the first of them has; told every few seconds.
   */
  default void scoresAwaited(String objective, int rollouts, Duration longest) {}

  /**
   * A gradient collector measured a batch, to improve this version. The same batch may be measured
   * again.
   *
   * @param objectives in the order of each rollout's scores
   */
  default void batchMeasured(
      PolicyVersion version, List<String> objectives, List<ScoredRollout> batch) {}

  /** A record could not be processed and went to quarantine. */
  default void quarantined(Stage stage, String topic) {}

  /** Tensors that travel in several records did not arrive complete, and are ignored. */
  default void transferSkipped(Stage stage, String topic, String reason) {}

  /** A rollout will not be trained on. */
  default void settled(Settlement settlement) {}

  /**
   * A stage passed over a prompt or rollout that came although it was settled: it was delivered
   * again, or came late.
   */
  default void settledSkipped(Stage stage) {}

  /** A stage works with this version from now on. */
  default void versionAdopted(Stage stage, PolicyVersion version) {}

  /** A step was refused. */
  default void stepRefused(String reason) {}

  /** A new policy version was made. */
  default void versionMade(VersionLineage lineage) {}
}
