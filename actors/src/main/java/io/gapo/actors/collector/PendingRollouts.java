package io.gapo.actors.collector;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import io.gapo.actors.support.Outbox;
import io.gapo.core.flow.RolloutJoin;
import io.gapo.core.flow.RolloutJoin.Arrival;
import io.gapo.core.flow.StalenessLimit;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.RejectedScoreException;
import io.gapo.core.port.Stage;
import io.gapo.core.port.StepPublisher;
import io.gapo.core.rollout.ObjectiveName;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.ScoreRecord;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.StepId;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;

/**
 * The rollouts of a gradient collector until their fate is durable: joined with their scores, cut
 * into batches, settled where they will never be used.
 *
 * <p>A fate is first decided, which keeps the rollout out of every batch, then durable, which is
 * when whoever brought the rollout or a score of it is told.
 */
final class PendingRollouts {

  /** Objectives that are none of this run's to warn of, at most. */
  private static final int UNKNOWN_OBJECTIVES = 20;

  private final Stage stage;
  private final RolloutJoin join;
  private final StalenessLimit staleness;
  private final int batchSize;
  private final boolean isAlone;
  private final boolean isOrdered;
  private final List<String> objectives;
  private final Outbox<?> outbox;
  private final StepPublisher publisher;
  private final PipelineListener listener;
  private final Logger log;
  private final Preparation preparation;
  private final PendingAcks acks = new PendingAcks();
  private final UnmatchedScores unmatched = new UnmatchedScores();
  private final ScoreArrivals scores;
  private final ScoreReports reports;
  private final Set<String> unknownObjectives = new HashSet<>();

  PendingRollouts(
      Stage stage,
      CollectorSettings settings,
      Preparation preparation,
      Outbox<?> outbox,
      StepPublisher publisher,
      PipelineListener listener,
      Logger log) {
    this.stage = stage;
    this.join = new RolloutJoin(settings.objectives(), settings.samplesPerPrompt());
    this.objectives = settings.objectives();
    this.staleness = settings.staleness();
    this.batchSize = settings.batchSize();
    this.isAlone = settings.shortBatchAfter().isEmpty();
    this.isOrdered = settings.orderedBatches();
    this.preparation = preparation;
    this.outbox = outbox;
    this.publisher = publisher;
    this.listener = listener;
    this.log = log;
    this.scores = settings.scores();
    this.reports = new ScoreReports(scores, listener, log);
  }

  void add(Rollout rollout, ActorRef<StatusReply<Done>> settledTo) {
    String id = rollout.id();
    Arrival arrival = join.add(rollout);
    if (arrival == Arrival.HELD) {
      if (!isOrdered) {
        preparation.add(rollout);
      }
    } else if (!isPending(id, arrival)) {
      // Counted before anyone is told of it.
      listener.settledSkipped(stage);
    }
    receive(id, arrival, settledTo);
    if (arrival == Arrival.HELD) {
      reports.arrived(id, System.nanoTime());
      unmatched.takeMatched(id, rollout.digest()).forEach(held -> acks.hold(id, held));
      giveUpIfUnscorable(id);
    }
  }

  void add(ScoreRecord score, ActorRef<StatusReply<Done>> settledTo) {
    String id = score.rolloutId();
    reports.arrived(score);
    Arrival arrival = join.add(score);
    if (arrival == Arrival.UNKNOWN_OBJECTIVE) {
      settledTo.tell(ofUnknownObjective(score.objective()));
    } else if (arrival == Arrival.HELD && !join.isHeld(id, score.rolloutDigest())) {
      unmatched.hold(score, settledTo, System.nanoTime());
    } else {
      receive(id, arrival, settledTo);
      giveUpIfUnscorable(id);
    }
  }

  /** What is only watched has been reported where it was scored; nothing else waits for it. */
  private StatusReply<Done> ofUnknownObjective(String objective) {
    if (scores.watched().contains(objective)) {
      return StatusReply.ack();
    }
    // Anyone may write anything there.
    if (unknownObjectives.size() < UNKNOWN_OBJECTIVES && unknownObjectives.add(objective)) {
      log.warn("Scores of objective {} are ignored: this run has {}", shown(objective), objectives);
    }
    return StatusReply.error(
        new RejectedScoreException(
            "a score of objective %s, where this run has %s"
                .formatted(shown(objective), objectives)));
  }

  /** Any text may stand where an objective's name belongs, and a log is read on a terminal. */
  private static String shown(String objective) {
    return ObjectiveName.isValid(objective)
        ? "'%s'".formatted(objective)
        : "with a name that no objective has";
  }

  /** An objective has no score for it, and every objective is needed. */
  private void giveUpIfUnscorable(String id) {
    join.unscorable(id)
        .ifPresent(
            unscorable ->
                decide(
                    new Settlement(
                        RolloutReference.to(unscorable.rollout()),
                        Fate.QUARANTINED,
                        Arrays.stream(unscorable.rollout().versions()).max().orElseThrow(),
                        unscorable.score().explanation())));
  }

  /** Reports what waits for scores, and rejects scores that have waited for too long. */
  void reviewScores() {
    long now = System.nanoTime();
    unmatched.rejectOld(scores.unmatchedAfter(), now, join::isHeld, join::forget);
    reports.report(objectives, join::awaiting, now);
  }

  private void receive(String id, Arrival arrival, ActorRef<StatusReply<Done>> settledTo) {
    if (isPending(id, arrival)) {
      acks.hold(id, settledTo);
    } else {
      settledTo.tell(StatusReply.ack());
    }
  }

  /** Whether the rollout's fate is still to become durable. */
  private boolean isPending(String id, Arrival arrival) {
    return arrival == Arrival.HELD || (arrival == Arrival.SETTLED && acks.isUnconfirmed(id));
  }

  /**
   * The next batch, if there are enough whole prompts. What is too old to improve {@code current}
   * is settled first.
   *
   * <p>One of several collectors has more whole prompts at times than its batches need, since the
   * quota is for all together: it takes those too that would be too old for the version after.
   */
  Optional<List<ScoredRollout>> takeBatch(PolicyVersion current) {
    join.overAge(staleness, current).forEach(rollout -> decide(stale(rollout, current)));
    return taken(
        isAlone
            ? join.takeBatch(batchSize)
            : join.takeBatch(batchSize, oldest -> !staleness.accepts(oldest, current.next())));
  }

  private Optional<List<ScoredRollout>> taken(Optional<List<ScoredRollout>> batch) {
    batch.ifPresent(all -> all.forEach(scored -> preparation.remove(scored.rollout().id())));
    return isOrdered ? batch.map(PendingRollouts::ordered) : batch;
  }

  private static List<ScoredRollout> ordered(List<ScoredRollout> batch) {
    return batch.stream().sorted(Comparator.comparing(scored -> scored.rollout().id())).toList();
  }

  private Settlement stale(Rollout rollout, PolicyVersion version) {
    String reason =
        "sampled by %s, %s versions before %s; the limit is %s"
            .formatted(
                rollout.oldestVersion(),
                StalenessLimit.staleness(rollout, version),
                version,
                staleness.versions());
    return new Settlement(RolloutReference.to(rollout), Fate.STALE, version.number(), reason);
  }

  /** Settles the rollouts of a step that cannot be made. */
  void refuse(StepId id, List<RolloutReference> rollouts, String reason) {
    log.warn("Refused {}: {}", id, reason);
    listener.stepRefused(reason);
    rollouts.forEach(
        rollout -> decide(new Settlement(rollout, Fate.REFUSED, id.version().number(), reason)));
  }

  private void decide(Settlement settlement) {
    String id = settlement.rollout().id();
    forget(id);
    acks.decide(id);
    outbox.post(
        "the settlement of " + id,
        () -> publisher.publish(settlement),
        () -> {
          // Counted before anyone is told of it.
          listener.settled(settlement);
          settle(id);
        });
  }

  /** This rollout's fate is durable. */
  void settle(String id) {
    forget(id);
    acks.settle(id);
    unmatched.settle(id);
  }

  private void forget(String id) {
    join.settle(id);
    reports.settled(id);
    preparation.remove(id);
  }

  /** What there is of a batch, if there is a whole prompt. */
  Optional<List<ScoredRollout>> takeShortBatch() {
    return taken(join.takeAll());
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
    unmatched.failAll(reason);
  }
}
