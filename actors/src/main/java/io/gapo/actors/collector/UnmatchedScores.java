package io.gapo.actors.collector;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import io.gapo.core.port.RejectedScoreException;
import io.gapo.core.rollout.ScoreRecord;
import io.gapo.core.settings.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/**
 * Scores whose rollout has not come: the two come from topics of their own, so that a score may be
 * ahead, but not for long. One that nothing ever matches would be held, and its offset with it,
 * until nothing else could come in.
 */
final class UnmatchedScores {

  private record Held(ScoreRecord score, ActorRef<StatusReply<Done>> settledTo, long sinceNanos) {}

  private final Map<String, List<Held>> byRollout = new HashMap<>();

  void hold(ScoreRecord score, ActorRef<StatusReply<Done>> settledTo, long nowNanos) {
    byRollout
        .computeIfAbsent(score.rolloutId(), id -> new ArrayList<>())
        .add(new Held(score, settledTo, nowNanos));
  }

  /** Who waits for scores of this sampling, which has come: they are no longer held here. */
  List<ActorRef<StatusReply<Done>>> takeMatched(String rolloutId, String digest) {
    List<ActorRef<StatusReply<Done>>> matched = new ArrayList<>();
    List<Held> held = byRollout.getOrDefault(rolloutId, new ArrayList<>());
    held.removeIf(
        each -> {
          boolean matches = each.score().rolloutDigest().equals(digest);
          if (matches) {
            matched.add(each.settledTo());
          }
          return matches;
        });
    if (held.isEmpty()) {
      byRollout.remove(rolloutId);
    }
    return matched;
  }

  /** The fate of this rollout is durable: its scores, of whatever sampling, are not needed. */
  void settle(String rolloutId) {
    List<Held> held = byRollout.remove(rolloutId);
    if (held != null) {
      held.forEach(each -> each.settledTo().tell(StatusReply.ack()));
    }
  }

  /**
   * Rejects what has waited for longer than {@code limit}. A rollout that comes after all waits for
   * another score, as it would after a restart.
   *
   * @param isHeld whether a rollout id and digest have come after all, in whatever way
   * @param forget called with each score before it is rejected
   */
  void rejectOld(
      Duration limit,
      long nowNanos,
      BiPredicate<String, String> isHeld,
      Consumer<ScoreRecord> forget) {
    Iterator<Map.Entry<String, List<Held>>> entries = byRollout.entrySet().iterator();
    while (entries.hasNext()) {
      List<Held> held = entries.next().getValue();
      held.removeIf(each -> reject(each, limit, nowNanos, isHeld, forget));
      if (held.isEmpty()) {
        entries.remove();
      }
    }
  }

  private static boolean reject(
      Held held,
      Duration limit,
      long nowNanos,
      BiPredicate<String, String> isHeld,
      Consumer<ScoreRecord> forget) {
    ScoreRecord score = held.score();
    if (nowNanos - held.sinceNanos() < limit.toNanos()
        || isHeld.test(score.rolloutId(), score.rolloutDigest())) {
      return false;
    }
    forget.accept(score);
    held.settledTo()
        .tell(
            StatusReply.error(
                new RejectedScoreException(
                    ("no rollout %s with digest %s has come for %s: a score names a rollout's id,"
                            + " and the digest of the very text that was scored")
                        .formatted(
                            score.rolloutId(), score.rolloutDigest(), DurationText.of(limit)))));
    return true;
  }

  /** All who wait get this error. */
  void failAll(String reason) {
    byRollout
        .values()
        .forEach(held -> held.forEach(each -> each.settledTo().tell(StatusReply.error(reason))));
    byRollout.clear();
  }
}
