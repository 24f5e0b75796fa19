package io.gapo.actors.collector;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import io.gapo.core.flow.RolloutJoin;
import io.gapo.core.flow.RolloutJoin.Arrival;
import io.gapo.core.flow.StalenessLimit;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.Score;
import io.gapo.core.rollout.ScoredRollout;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The rollouts of a gradient collector, and who is to be told when the fate of each is durable.
 *
 * <p>A fate is first decided, which keeps the rollout out of every batch, then durable, which is
 * when whoever brought the rollout or a score of it is told.
 */
final class PendingRollouts {

  private final RolloutJoin join;
  private final StalenessLimit staleness;
  private final int batchSize;
  private final boolean isAlone;
  private final PendingAcks acks = new PendingAcks();

  PendingRollouts(CollectorSettings settings) {
    this.join =
        new RolloutJoin(
            settings.objectives(), settings.samplesPerPrompt(), settings.settledMemory());
    this.staleness = settings.staleness();
    this.batchSize = settings.batchSize();
    this.isAlone = settings.shortBatchAfter().isEmpty();
  }

  void add(Rollout rollout, ActorRef<StatusReply<Done>> settledTo) {
    receive(rollout.id(), join.add(rollout), settledTo);
  }

  /** Says whether the run has the score's objective. */
  boolean add(Score score, ActorRef<StatusReply<Done>> settledTo) {
    Arrival arrival = join.add(score);
    receive(score.rolloutId(), arrival, settledTo);
    return arrival != Arrival.UNKNOWN_OBJECTIVE;
  }

  private void receive(String id, Arrival arrival, ActorRef<StatusReply<Done>> settledTo) {
    boolean isPending =
        arrival == Arrival.HELD || (arrival == Arrival.SETTLED && acks.isUnconfirmed(id));
    if (isPending) {
      acks.hold(id, settledTo);
    } else {
      settledTo.tell(StatusReply.ack());
    }
  }

  /** Takes rollouts that are too old to improve {@code version} out of the join. */
  List<Settlement> decideOverAge(PolicyVersion version) {
    List<Settlement> settlements =
        join.overAge(staleness, version).stream().map(rollout -> stale(rollout, version)).toList();
    settlements.forEach(settlement -> decide(settlement.rollout().id()));
    return settlements;
  }

  private Settlement stale(Rollout rollout, PolicyVersion version) {
    String reason =
        "sampled by %s, %d versions before %s; the limit is %d"
            .formatted(
                rollout.oldestVersion(),
                StalenessLimit.staleness(rollout, version),
                version,
                staleness.versions());
    return new Settlement(RolloutReference.to(rollout), Fate.STALE, version.number(), reason);
  }

  /** Refuses a batch. */
  List<Settlement> decideRefused(
      List<RolloutReference> rollouts, PolicyVersion version, String reason) {
    rollouts.forEach(rollout -> decide(rollout.id()));
    return rollouts.stream()
        .map(rollout -> new Settlement(rollout, Fate.REFUSED, version.number(), reason))
        .toList();
  }

  private void decide(String id) {
    join.settle(id);
    acks.decide(id);
  }

  /** This rollout's fate is durable. */
  void settle(String id) {
    join.settle(id);
    acks.settle(id);
  }

  /**
   * The next batch, if there are enough whole prompts. One of several collectors has more of them
   * at times than its batches need, since the quota is for all together: it takes those too that
   * would be too old for the version after {@code current}.
   */
  Optional<List<ScoredRollout>> takeBatch(PolicyVersion current) {
    return isAlone
        ? join.takeBatch(batchSize)
        : join.takeBatch(batchSize, oldest -> !staleness.accepts(oldest, current.next()));
  }

  /** What there is of it, if there is a whole prompt. */
  Optional<List<ScoredRollout>> takeShortBatch() {
    return join.takeAll();
  }

  /** These rollouts wait again, but for those whose fate was decided meanwhile. */
  void release(Collection<RolloutReference> rollouts) {
    join.release(rollouts.stream().map(RolloutReference::id).toList());
  }

  /** Whether this rollout's fate is decided. */
  boolean isDecided(String id) {
    return join.isSettled(id);
  }

  /** All who wait get this error. */
  void failAll(String reason) {
    acks.failAll(reason);
  }
}
