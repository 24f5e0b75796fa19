package io.gapo.core.flow;

import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.SettledRollouts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Which rollouts are outstanding: begun and not yet settled.
 *
 * <p>It answers the generator's two questions about a prompt, which may be new or delivered again
 * after a crash at any instant: what is still to be sampled for it, and whether that may begin now.
 * A rollout that is durable, settled or kept here is never sampled again, so that an id names one
 * text only.
 */
public final class RolloutLedger {

  private final AdmissionQuota quota;
  private final int samplesPerPrompt;
  private final Set<String> outstanding;
  private final SettledRollouts settled;
  private final Map<String, Rollout> finished = new HashMap<>();

  /**
   * @param history whose settled rollouts the ledger takes over and adds to
   */
  public RolloutLedger(AdmissionQuota quota, int samplesPerPrompt, RolloutHistory history) {
    if (samplesPerPrompt < 1) {
      throw new IllegalArgumentException(
          "samples per prompt must be >= 1, was " + samplesPerPrompt);
    }
    this.quota = quota;
    this.samplesPerPrompt = samplesPerPrompt;
    this.outstanding = new HashSet<>(history.outstanding());
    this.settled = history.settled();
    outstanding.removeIf(settled::contains);
  }

  /** Indices of the prompt's samples that are neither outstanding nor settled. */
  public List<Integer> missingSamples(String promptId) {
    return IntStream.range(0, samplesPerPrompt)
        .filter(index -> isUnknown(Rollout.id(promptId, index)))
        .boxed()
        .toList();
  }

  /** Whether the fate of each of the prompt's samples is known. */
  public boolean isSettled(String promptId) {
    return IntStream.range(0, samplesPerPrompt)
        .allMatch(index -> settled.contains(Rollout.id(promptId, index)));
  }

  /** The prompt's rollouts that were finished in this process and are not settled. */
  public List<Rollout> finishedSamples(String promptId) {
    List<Rollout> rollouts = new ArrayList<>();
    for (int index = 0; index < samplesPerPrompt; index++) {
      Rollout rollout = finished.get(Rollout.id(promptId, index));
      if (rollout != null) {
        rollouts.add(rollout);
      }
    }
    return rollouts;
  }

  /**
   * Whether the prompt's missing samples may begin now: if the quota admits one more prompt, or if
   * a crash left the prompt half sampled. Batches hold whole prompts, so half prompts that waited
   * for a quota which they themselves fill would wait forever.
   */
  public boolean admits(String promptId) {
    return quota.admits(outstanding.size()) || isHalfSampled(promptId);
  }

  /** Whether some of the prompt's samples are outstanding. */
  public boolean isHalfSampled(String promptId) {
    return IntStream.range(0, samplesPerPrompt)
        .anyMatch(index -> outstanding.contains(Rollout.id(promptId, index)));
  }

  /** These rollouts are being sampled from now on. */
  public void begin(Collection<String> rolloutIds) {
    outstanding.addAll(rolloutIds);
  }

  /** These rollouts were begun and will not be finished. */
  public void giveBack(Collection<String> rolloutIds) {
    rolloutIds.forEach(outstanding::remove);
  }

  /** Keeps a finished rollout until it is settled, for a prompt that is delivered again. */
  public void finish(Rollout rollout) {
    if (outstanding.contains(rollout.id())) {
      finished.put(rollout.id(), rollout);
    }
  }

  /** This rollout's fate is known. */
  public void settle(String rolloutId) {
    settled.add(rolloutId);
    outstanding.remove(rolloutId);
    finished.remove(rolloutId);
  }

  /** How many rollouts are outstanding. */
  public int outstanding() {
    return outstanding.size();
  }

  /** The most rollouts that may be outstanding before a further prompt is admitted. */
  public int limit() {
    return quota.limit();
  }

  private boolean isUnknown(String rolloutId) {
    return !outstanding.contains(rolloutId) && !settled.contains(rolloutId);
  }
}
