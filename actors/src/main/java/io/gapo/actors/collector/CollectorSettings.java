package io.gapo.actors.collector;

import io.gapo.core.flow.Backoff;
import io.gapo.core.flow.StalenessLimit;
import io.gapo.core.ppo.KlTarget;
import io.gapo.core.ppo.ScoreNormaliser;
import io.gapo.core.settings.Bounds;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a gradient collector batches and measures.
 *
 * @param collector its name, different from all other collectors'
 * @param objectives whose scores a rollout needs, in the run's order
 * @param normalisers of these objectives, in their order
 * @param klTarget that the penalty for straying is adapted to, if it is
 * @param batchSize fewest rollouts a batch; batches hold whole prompts, so they may be larger
 * @param samplesPerPrompt K, the responses sampled for each prompt
 * @param staleness how old a rollout may be when it is used
 * @param batchAttempts how often the model may fail on a batch before the batch is refused
 * @param patience how long to wait for a step's direction, or for the next version, before the
 *     message that should bring it is sent again; doubled with each repeat
 * @param shortBatchAfter how long to wait for a whole batch when another collector has one, before
 *     a short one is measured, or none; empty for a collector that is alone
 * @param scores where they come from, and when
 * @param backoff between attempts to publish, and before a model that failed is created again; its
 *     longest pause is also how long the rest of a refused step's refusals are waited for
 * @param orderedBatches whether a batch is in the order of its rollouts' ids and all of it is
 *     computed together, whatever came first: the step is then a function of its rollouts
 */
public record CollectorSettings(
    String collector,
    List<String> objectives,
    List<ScoreNormaliser> normalisers,
    Optional<KlTarget> klTarget,
    int batchSize,
    int samplesPerPrompt,
    StalenessLimit staleness,
    int batchAttempts,
    Duration patience,
    Optional<Duration> shortBatchAfter,
    ScoreArrivals scores,
    Backoff backoff,
    boolean orderedBatches) {

  public CollectorSettings {
    objectives = List.copyOf(objectives);
    normalisers = List.copyOf(normalisers);
    Bounds.atLeast("batch-size", batchSize, 1);
    Bounds.atLeast("attempts", batchAttempts, 1);
    Bounds.positive("patience", patience);
  }
}
