package io.gapo.streams.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What became of every prompt and rollout.
 *
 * @param prompts records of topic {@code prompts}; {@code waiting} ones are not sampled yet, or
 *     some of their rollouts have no fate yet
 * @param rollouts by id, however often they were sampled
 * @param formerPrompts prompts that have some of the rollouts, and are not in topic {@code prompts}
 * @param newestVersion 0 if none was made
 * @param missingVersions numbers below the newest that the lineage lacks
 * @param conflictingVersions numbers that the lineage has twice, made of different rollouts
 * @param trainedTwice ids of rollouts that are in more than one version
 * @param trainedAndSettled ids of rollouts in a version that the lineage also settles otherwise
 * @param quarantined records in quarantine, by topic; repeats count once
 */
public record AuditReport(
    Counts prompts,
    Counts rollouts,
    long formerPrompts,
    long newestVersion,
    List<Long> missingVersions,
    List<Long> conflictingVersions,
    List<String> trainedTwice,
    List<String> trainedAndSettled,
    Map<String, Long> quarantined) {

  private static final int SHOWN = 5;

  public AuditReport {
    missingVersions = List.copyOf(missingVersions);
    conflictingVersions = List.copyOf(conflictingVersions);
    trainedTwice = List.copyOf(trainedTwice);
    trainedAndSettled = List.copyOf(trainedAndSettled);
    quarantined = Map.copyOf(quarantined);
  }

  /**
   * How many there are, and of each fate.
   *
   * @param total counted apart from the fates, so that their sum can be held against it
   */
  public record Counts(
      long total, long trained, long stale, long quarantined, long refused, long waiting) {

    /** Whether every one of them has one fate. */
    public boolean addUp() {
      return total == trained + stale + quarantined + refused + waiting;
    }
  }

  /** What should not be, one sentence each; empty if all is well. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (!prompts.addUp() || !rollouts.addUp()) {
      problems.add("the fates do not add up: prompts %s, rollouts %s".formatted(prompts, rollouts));
    }
    if (!missingVersions.isEmpty()) {
      problems.add("versions without lineage: " + shown(missingVersions));
    }
    if (!conflictingVersions.isEmpty()) {
      problems.add("versions made twice, of different rollouts: " + shown(conflictingVersions));
    }
    if (!trainedTwice.isEmpty()) {
      problems.add("rollouts in more than one version: " + shown(trainedTwice));
    }
    if (!trainedAndSettled.isEmpty()) {
      problems.add("rollouts in a version though settled otherwise: " + shown(trainedAndSettled));
    }
    return problems;
  }

  private static String shown(List<?> all) {
    String some = String.join(", ", all.stream().limit(SHOWN).map(String::valueOf).toList());
    return all.size() <= SHOWN ? some : "%s and %s more".formatted(some, all.size() - SHOWN);
  }
}
