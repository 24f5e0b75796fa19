package io.gapo.core.flow;

import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.MissingScore;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.Score;
import io.gapo.core.rollout.ScoreRecord;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.rollout.SettledRollouts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Joins rollouts with the scores of all objectives, in whatever order and however often they come,
 * and cuts batches of whole prompts out of the result.
 *
 * <p>A rollout is known by its id and the digest of its sampling. A crash may leave two samplings
 * under one id: a score joins only the sampling that it scored, and the first sampling with all its
 * scores stands for the id from then on. What is settled is forgotten but for its id, so that a
 * repeat is recognized.
 */
public final class RolloutJoin {

  /** What became of a rollout or score that arrived. */
  public enum Arrival {
    /** It is held until its rollout is settled. */
    HELD,
    /** Its rollout is settled already. */
    SETTLED,
    /** It scores an objective that this run does not have; nothing waits for it. */
    UNKNOWN_OBJECTIVE
  }

  /** A rollout that an objective cannot score. */
  public record Unscorable(Rollout rollout, MissingScore score) {}

  private final List<String> objectives;
  private final int samplesPerPrompt;
  private final SettledRollouts settled = new SettledRollouts();
  private final Map<String, Candidate> candidates = new HashMap<>();

  /** Prompts of which a rollout has arrived, as they came. */
  private final Map<String, Samples> prompts = new LinkedHashMap<>();

  /** The samples of these prompts that are neither complete nor settled, by rollout id. */
  private final Map<String, Samples> missing = new HashMap<>();

  /**
   * @param objectives whose scores make a rollout complete, in the run's order
   */
  public RolloutJoin(List<String> objectives, int samplesPerPrompt) {
    if (objectives.isEmpty()) {
      throw new IllegalArgumentException("a run needs at least one objective");
    }
    if (samplesPerPrompt < 1) {
      throw new IllegalArgumentException(
          "samples per prompt must be >= 1, was " + samplesPerPrompt);
    }
    this.objectives = List.copyOf(objectives);
    this.samplesPerPrompt = samplesPerPrompt;
  }

  /** Holds it until it is settled, unless it is. */
  public Arrival add(Rollout rollout) {
    String id = rollout.id();
    if (settled.contains(id)) {
      return Arrival.SETTLED;
    }
    prompts
        .computeIfAbsent(rollout.promptId(), this::samples)
        .arrived
        .put(rollout.sampleIndex(), id);
    add(id, rollout.digest(), sampling -> sampling.aged = Aged.of(rollout));
    return Arrival.HELD;
  }

  /** Joins it with the sampling that it is of, now or when that arrives. */
  public Arrival add(ScoreRecord score) {
    int objective = objectives.indexOf(score.objective());
    if (objective < 0) {
      return Arrival.UNKNOWN_OBJECTIVE;
    }
    if (settled.contains(score.rolloutId())) {
      return Arrival.SETTLED;
    }
    add(score.rolloutId(), score.rolloutDigest(), sampling -> sampling.addScore(objective, score));
    return Arrival.HELD;
  }

  /** Takes back a score whose rollout has not come; one that comes later waits for another. */
  public void forget(ScoreRecord score) {
    Candidate candidate = candidates.get(score.rolloutId());
    int objective = objectives.indexOf(score.objective());
    if (candidate != null && objective >= 0 && candidate.forget(score.rolloutDigest(), objective)) {
      candidates.remove(score.rolloutId());
    }
  }

  /**
   * Whether this very sampling has arrived and its rollout is not settled. Once one is complete,
   * all others of the id count as arrived.
   */
  public boolean isHeld(String rolloutId, String digest) {
    Candidate candidate = candidates.get(rolloutId);
    return candidate != null && candidate.holds(digest);
  }

  /** A rollout that will never be complete, if one is under this id: an objective has no score. */
  public Optional<Unscorable> unscorable(String rolloutId) {
    return Optional.ofNullable(candidates.get(rolloutId)).flatMap(Candidate::unscorable);
  }

  /** Ids of the rollouts that have arrived and wait for a score of this objective, as they came. */
  public List<String> awaiting(String objective) {
    int index = objectives.indexOf(objective);
    return prompts.values().stream()
        .flatMap(samples -> samples.arrived.values().stream())
        .filter(id -> candidate(id).awaits(index))
        .toList();
  }

  private void add(String id, String digest, Consumer<Sampling> change) {
    Candidate candidate = candidate(id);
    candidate.add(digest, change);
    if (candidate.complete != null) {
      isNotMissing(id);
    }
  }

  /** The samples to wait for when the first rollout of a prompt arrives. */
  private Samples samples(String promptId) {
    Samples samples = new Samples();
    for (int index = 0; index < samplesPerPrompt; index++) {
      String id = Rollout.id(promptId, index);
      if (!settled.contains(id)) {
        samples.missing++;
        missing.put(id, samples);
      }
    }
    return samples;
  }

  private void isNotMissing(String id) {
    Samples samples = missing.remove(id);
    if (samples != null) {
      samples.missing--;
    }
  }

  /** This rollout's fate is known: it will be in no further batch. */
  public void settle(String rolloutId) {
    settled.add(rolloutId);
    isNotMissing(rolloutId);
    Candidate candidate = candidates.remove(rolloutId);
    if (candidate != null) {
      candidate.freshest().ifPresent(aged -> removeFromPrompt(aged.rollout()));
    }
  }

  /** Whether this rollout's fate is known. */
  public boolean isSettled(String rolloutId) {
    return settled.contains(rolloutId);
  }

  /**
   * The rollouts, scored or not, that are in no batch and too old to improve {@code current}, in
   * the order in which their prompts came.
   */
  public List<Rollout> overAge(StalenessLimit limit, PolicyVersion current) {
    return prompts.values().stream()
        .flatMap(samples -> samples.arrived.values().stream())
        .map(this::candidate)
        .filter(candidate -> !candidate.inBatch)
        .flatMap(candidate -> candidate.freshest().stream())
        .filter(aged -> !limit.accepts(aged.oldestVersion(), current))
        .map(Aged::rollout)
        .toList();
  }

  /**
   * Takes whole prompts, those with the oldest rollouts first, until there are at least {@code
   * atLeast} rollouts; nothing if there are too few. A prompt is whole when each of its samples is
   * either complete or settled.
   *
   * <p>What is taken stays in the join, and in no other batch, until it is settled or {@linkplain
   * #release released}.
   */
  public Optional<List<ScoredRollout>> takeBatch(int atLeast) {
    return takeBatch(atLeast, version -> false);
  }

  /**
   * Takes a batch as {@link #takeBatch(int)} does, and beyond it every whole prompt with a rollout
   * for which {@code isLastChance} holds.
   */
  public Optional<List<ScoredRollout>> takeBatch(
      int atLeast, Predicate<PolicyVersion> isLastChance) {
    List<List<ScoredRollout>> whole = wholePrompts();
    return whole.stream().mapToInt(List::size).sum() < atLeast
        ? Optional.empty()
        : Optional.of(take(whole, atLeast, isLastChance));
  }

  /** All whole prompts; nothing if there are none. */
  public Optional<List<ScoredRollout>> takeAll() {
    List<ScoredRollout> batch = take(wholePrompts(), Integer.MAX_VALUE, version -> false);
    return batch.isEmpty() ? Optional.empty() : Optional.of(batch);
  }

  private List<List<ScoredRollout>> wholePrompts() {
    return prompts.values().stream()
        .filter(samples -> samples.missing == 0)
        .map(this::free)
        .toList();
  }

  private List<ScoredRollout> take(
      List<List<ScoredRollout>> whole, int enough, Predicate<PolicyVersion> isLastChance) {
    List<List<ScoredRollout>> oldestFirst = new ArrayList<>(whole);
    oldestFirst.removeIf(List::isEmpty);
    oldestFirst.sort(Comparator.comparing(RolloutJoin::oldestVersion));
    List<ScoredRollout> batch = new ArrayList<>();
    for (List<ScoredRollout> group : oldestFirst) {
      if (batch.size() >= enough && !isLastChance.test(oldestVersion(group))) {
        break;
      }
      batch.addAll(group);
    }
    batch.forEach(scored -> candidate(scored.rollout().id()).inBatch = true);
    return batch;
  }

  /** These rollouts were not trained on after all; those not settled may be taken again. */
  public void release(Collection<String> rolloutIds) {
    for (String id : rolloutIds) {
      Candidate candidate = candidates.get(id);
      if (candidate != null) {
        candidate.inBatch = false;
      }
    }
  }

  /** How many rollout ids wait for a score, for a batch or for their batch's fate. */
  public int waiting() {
    return candidates.size();
  }

  private Candidate candidate(String id) {
    return candidates.computeIfAbsent(id, unseen -> new Candidate(objectives.size()));
  }

  private void removeFromPrompt(Rollout rollout) {
    String promptId = rollout.promptId();
    Samples samples = prompts.get(promptId);
    if (samples == null) {
      return;
    }
    samples.arrived.remove(rollout.sampleIndex());
    if (samples.arrived.isEmpty()) {
      prompts.remove(promptId);
      IntStream.range(0, samplesPerPrompt)
          .forEach(index -> missing.remove(Rollout.id(promptId, index)));
    }
  }

  private List<ScoredRollout> free(Samples samples) {
    List<ScoredRollout> free = new ArrayList<>();
    for (String id : samples.arrived.values()) {
      Candidate candidate = candidate(id);
      if (candidate.complete != null && !candidate.inBatch) {
        free.add(candidate.complete);
      }
    }
    return free;
  }

  private static PolicyVersion oldestVersion(List<ScoredRollout> group) {
    return group.stream()
        .map(scored -> scored.rollout().oldestVersion())
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }

  /** A prompt's rollouts; it is whole when each of its samples is complete or settled. */
  private static final class Samples {

    /** Ids of those that have arrived and are not settled, by sample index. */
    private final TreeMap<Integer, String> arrived = new TreeMap<>();

    private int missing;
  }

  /** All that is known under one rollout id. */
  private static final class Candidate {

    private final int objectives;
    private final Map<String, Sampling> samplings = new LinkedHashMap<>();
    private @Nullable ScoredRollout complete;
    private @Nullable Aged freshest;
    private boolean inBatch;

    Candidate(int objectives) {
      this.objectives = objectives;
    }

    /** Changes one sampling; once one is complete, the others no longer matter. */
    void add(String digest, Consumer<Sampling> change) {
      if (complete == null) {
        Sampling sampling =
            samplings.computeIfAbsent(digest, unseen -> new Sampling(new double[objectives]));
        change.accept(sampling);
        complete = sampling.scored();
        freshest = complete == null ? freshestSampling() : sampling.aged;
      }
    }

    /** Returns whether nothing is left. */
    boolean forget(String digest, int objective) {
      Sampling sampling = samplings.get(digest);
      if (complete == null && sampling != null && sampling.aged == null) {
        sampling.forget(objective);
        if (sampling.isEmpty()) {
          samplings.remove(digest);
        }
      }
      return complete == null && samplings.isEmpty();
    }

    private @Nullable Aged freshestSampling() {
      return samplings.values().stream()
          .flatMap(sampling -> Stream.ofNullable(sampling.aged))
          .max(Comparator.comparing(Aged::oldestVersion))
          .orElse(null);
    }

    /** Whether the sampling of this digest has arrived, or is of no interest any more. */
    boolean holds(String digest) {
      if (complete != null) {
        return true;
      }
      Sampling sampling = samplings.get(digest);
      return sampling != null && sampling.aged != null;
    }

    boolean awaits(int objective) {
      return complete == null
          && samplings.values().stream()
              .anyMatch(
                  sampling -> sampling.aged != null && Double.isNaN(sampling.scores[objective]));
    }

    Optional<Unscorable> unscorable() {
      return complete == null
          ? samplings.values().stream()
              .flatMap(sampling -> Stream.ofNullable(sampling.unscorable()))
              .findFirst()
          : Optional.empty();
    }

    /** The complete rollout, or else the freshest that may still become complete. */
    Optional<Aged> freshest() {
      return Optional.ofNullable(freshest);
    }
  }

  /** A rollout whose tokens have been looked through for its age. */
  private record Aged(Rollout rollout, PolicyVersion oldestVersion) {
    static Aged of(Rollout rollout) {
      return new Aged(rollout, rollout.oldestVersion());
    }
  }

  /** One text sampled under an id; either its rollout or a score of it may come first. */
  private static final class Sampling {

    /** Shape (M); NaN where the score has not come, which no score is. */
    private final double[] scores;

    private @Nullable Aged aged;

    /** By objective, those that have none and never will. */
    private final Map<Integer, MissingScore> missing = new TreeMap<>();

    Sampling(double[] scores) {
      Arrays.fill(scores, Double.NaN);
      this.scores = scores;
    }

    /** The first record of an objective counts. */
    void addScore(int objective, ScoreRecord score) {
      if (!Double.isNaN(scores[objective]) || missing.containsKey(objective)) {
        return;
      }
      if (score instanceof Score known) {
        scores[objective] = known.value();
      } else {
        missing.put(objective, (MissingScore) score);
      }
    }

    void forget(int objective) {
      scores[objective] = Double.NaN;
      missing.remove(objective);
    }

    boolean isEmpty() {
      return aged == null && missing.isEmpty() && Arrays.stream(scores).allMatch(Double::isNaN);
    }

    @Nullable Unscorable unscorable() {
      return aged == null || missing.isEmpty()
          ? null
          : new Unscorable(aged.rollout(), missing.values().iterator().next());
    }

    @Nullable ScoredRollout scored() {
      if (aged == null || Arrays.stream(scores).anyMatch(Double::isNaN)) {
        return null;
      }
      return new ScoredRollout(aged.rollout(), scores);
    }
  }
}
