package io.gapo.streams.history;

import io.gapo.core.lineage.LineageRecord;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.streams.history.AuditReport.Counts;
import io.gapo.streams.topic.RecordCoordinates;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Accounts for every prompt and rollout: was it trained on, and in which version, or why not.
 *
 * <p>It is told all records of topics {@code prompts}, {@code rollouts}, {@code lineage} and {@code
 * quarantine}, in any order of topics, repeats included, and then asked for the report.
 */
public final class LineageAudit {

  /** What can become of a prompt or rollout. */
  private enum Outcome {
    TRAINED,
    STALE,
    QUARANTINED,
    REFUSED,
    WAITING
  }

  /** What a prompt asks, in short. */
  private record Asked(String id, String textDigest) {}

  private final Map<RecordCoordinates, Optional<Asked>> prompts = new LinkedHashMap<>();
  private final Set<RecordCoordinates> quarantined = new HashSet<>();
  private final Set<String> rollouts = new HashSet<>();
  private final Map<String, String> textOfSampled = new HashMap<>();
  private final Map<String, TreeSet<Long>> versionsOfRollout = new HashMap<>();
  private final Map<String, Fate> fates = new HashMap<>();
  private final TreeMap<Long, Set<String>> versions = new TreeMap<>();
  private final TreeSet<Long> conflictingVersions = new TreeSet<>();

  /**
   * A record of the topic of prompts.
   *
   * @param prompt empty if the record is malformed
   */
  public void addPrompt(RecordCoordinates at, Optional<Prompt> prompt) {
    prompts.put(at, prompt.map(each -> new Asked(each.id(), each.textDigest())));
  }

  /** A record of the topic of rollouts. */
  public void addRollout(RolloutReference rollout) {
    rollouts.add(rollout.id());
    String textDigest = rollout.promptDigest();
    if (textDigest != null) {
      textOfSampled.putIfAbsent(rollout.promptId(), textDigest);
    }
  }

  /**
   * A record of topic {@code quarantine}.
   *
   * @param at of the record that was given up
   */
  public void addQuarantined(RecordCoordinates at) {
    quarantined.add(at);
  }

  /** A record of topic {@code lineage}. */
  public void addLineage(LineageRecord record) {
    if (record instanceof VersionLineage version) {
      addVersion(version);
    } else if (record instanceof Settlement settlement) {
      addRollout(settlement.rollout());
      fates.putIfAbsent(settlement.rollout().id(), settlement.fate());
    }
  }

  private void addVersion(VersionLineage version) {
    long number = version.version().number();
    Set<String> ids =
        version.rollouts().stream().map(RolloutReference::id).collect(Collectors.toSet());
    Set<String> before = versions.putIfAbsent(number, ids);
    if (before != null && !before.equals(ids)) {
      conflictingVersions.add(number);
    }
    version.rollouts().forEach(this::addRollout);
    ids.forEach(id -> versionsOfRollout.computeIfAbsent(id, unseen -> new TreeSet<>()).add(number));
  }

  /** What it all comes to. */
  public AuditReport report() {
    Map<String, List<Outcome>> byPrompt = new HashMap<>();
    for (String rollout : rollouts) {
      byPrompt
          .computeIfAbsent(Rollout.promptId(rollout), unseen -> new ArrayList<>())
          .add(outcome(rollout));
    }
    Map<RecordCoordinates, String> sampled = sampledPrompts(byPrompt.keySet());
    Set<String> present = new HashSet<>(sampled.values());
    long newest = versions.isEmpty() ? 0 : versions.lastKey();
    return new AuditReport(
        count(
            prompts.keySet(),
            at -> outcome(at, byPrompt.getOrDefault(sampled.getOrDefault(at, ""), List.of()))),
        count(rollouts, this::outcome),
        byPrompt.keySet().stream().filter(id -> !present.contains(id)).count(),
        newest,
        LongStream.rangeClosed(1, newest)
            .filter(number -> !versions.containsKey(number))
            .boxed()
            .toList(),
        List.copyOf(conflictingVersions),
        versionsOfRollout.entrySet().stream()
            .filter(entry -> entry.getValue().size() > 1)
            .map(Map.Entry::getKey)
            .sorted()
            .toList(),
        versionsOfRollout.keySet().stream().filter(fates::containsKey).sorted().toList(),
        quarantined.stream()
            .collect(Collectors.groupingBy(RecordCoordinates::topic, Collectors.counting())));
  }

  /** Those of the topic's prompts that have rollouts, with the ids that these name them by. */
  private Map<RecordCoordinates, String> sampledPrompts(Set<String> ids) {
    Map<RecordCoordinates, String> sampled = new HashMap<>();
    prompts.forEach(
        (at, prompt) ->
            prompt
                .flatMap(asked -> sampledAs(at, asked, ids))
                .ifPresent(id -> sampled.put(at, id)));
    return sampled;
  }

  /**
   * Rollouts of the prompt's id are its own unless they are known to answer another text. A prompt
   * without an id of its own may have been sampled before such ids had the topic's in them.
   */
  private Optional<String> sampledAs(RecordCoordinates at, Asked asked, Set<String> ids) {
    String oldId = at.withoutTopicId().id();
    if (!ids.contains(asked.id())
        && asked.id().equals(at.id())
        && asked.textDigest().equals(textOfSampled.get(oldId))) {
      return Optional.of(oldId);
    }
    boolean sameText =
        asked.textDigest().equals(textOfSampled.getOrDefault(asked.id(), asked.textDigest()));
    return ids.contains(asked.id()) && sameText ? Optional.of(asked.id()) : Optional.empty();
  }

  private Outcome outcome(String rolloutId) {
    if (versionsOfRollout.containsKey(rolloutId)) {
      return Outcome.TRAINED;
    }
    Fate fate = fates.get(rolloutId);
    if (fate == null) {
      return Outcome.WAITING;
    }
    return switch (fate) {
      case STALE -> Outcome.STALE;
      case QUARANTINED -> Outcome.QUARANTINED;
      case REFUSED -> Outcome.REFUSED;
    };
  }

  /** The best of its rollouts' outcomes, or waiting if an outcome still unknown may be better. */
  private Outcome outcome(RecordCoordinates prompt, List<Outcome> ofRollouts) {
    if (quarantined.contains(prompt) || quarantined.contains(prompt.withoutTopicId())) {
      return Outcome.QUARANTINED;
    }
    for (Outcome outcome :
        List.of(Outcome.TRAINED, Outcome.WAITING, Outcome.STALE, Outcome.REFUSED)) {
      if (ofRollouts.contains(outcome)) {
        return outcome;
      }
    }
    return ofRollouts.isEmpty() ? Outcome.WAITING : Outcome.QUARANTINED;
  }

  private static <T> Counts count(Collection<T> all, Function<T, Outcome> outcome) {
    Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
    all.forEach(each -> counts.merge(outcome.apply(each), 1L, Long::sum));
    return new Counts(
        all.size(),
        counts.getOrDefault(Outcome.TRAINED, 0L),
        counts.getOrDefault(Outcome.STALE, 0L),
        counts.getOrDefault(Outcome.QUARANTINED, 0L),
        counts.getOrDefault(Outcome.REFUSED, 0L),
        counts.getOrDefault(Outcome.WAITING, 0L));
  }
}
