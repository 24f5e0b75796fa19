package io.gapo.core.flow;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How long rollouts have waited for an objective's scores, and since when that is too long.
 *
 * <p>Nothing is wrong with a rollout that waits, so nothing is given up here: a model may be slow,
 * and a process that scores elsewhere may come back. But nobody is trained on meanwhile, and
 * whoever runs it should know what the run waits for.
 */
public final class AwaitedScores {

  private final Map<String, Long> arrivedNanos = new HashMap<>();
  private final Map<String, Boolean> overdue = new HashMap<>();

  /** Since the last check, rollouts began to wait too long, or none does any more. */
  public enum Change {
    BEGAN,
    ENDED
  }

  /**
   * What waits for one objective.
   *
   * @param rollouts how many
   * @param oldest the id of the one that has waited longest; empty if none waits
   * @param longest how long that one has waited
   * @param change whether it became, or stopped being, too long since the last check
   */
  public record Wait(
      int rollouts, Optional<String> oldest, Duration longest, Optional<Change> change) {}

  /** A rollout has come; a repeat does not begin its wait again. */
  public void arrived(String rolloutId, long nowNanos) {
    arrivedNanos.putIfAbsent(rolloutId, nowNanos);
  }

  /** A rollout waits no more. */
  public void settled(String rolloutId) {
    arrivedNanos.remove(rolloutId);
  }

  /**
   * Looks at one objective.
   *
   * @param awaiting ids of rollouts that have come and wait for it
   * @param limit beyond which a wait is too long
   */
  public Wait look(String objective, List<String> awaiting, Duration limit, long nowNanos) {
    Optional<String> oldest = Optional.empty();
    long longest = 0;
    for (String id : awaiting) {
      long waited = nowNanos - arrivedNanos.getOrDefault(id, nowNanos);
      if (oldest.isEmpty() || waited > longest) {
        oldest = Optional.of(id);
        longest = waited;
      }
    }
    Duration wait = Duration.ofNanos(longest);
    boolean isOverdue = wait.compareTo(limit) > 0;
    boolean wasOverdue = Boolean.TRUE.equals(overdue.put(objective, isOverdue));
    return new Wait(awaiting.size(), oldest, wait, change(wasOverdue, isOverdue));
  }

  private static Optional<Change> change(boolean was, boolean is) {
    if (was == is) {
      return Optional.empty();
    }
    return Optional.of(is ? Change.BEGAN : Change.ENDED);
  }
}
