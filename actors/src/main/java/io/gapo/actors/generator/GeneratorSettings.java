package io.gapo.actors.generator;

import io.gapo.core.flow.AdmissionQuota;
import io.gapo.core.flow.Backoff;
import io.gapo.core.settings.Bounds;

/**
 * How a rollout generator samples.
 *
 * @param samplesPerPrompt K, the responses sampled for each prompt
 * @param runSeed from which every rollout's own seed follows
 * @param quota on outstanding rollouts
 * @param backoff between restarts
 * @param wholeBatches whether sampling begins only when nothing is being sampled and as many
 *     prompts wait as the quota has room for: what is sampled together is then a function of the
 *     prompts' order
 */
public record GeneratorSettings(
    int samplesPerPrompt,
    long runSeed,
    AdmissionQuota quota,
    Backoff backoff,
    boolean wholeBatches) {

  public GeneratorSettings {
    Bounds.atLeast("samples-per-prompt", samplesPerPrompt, 1);
  }

  /** How many prompts the quota admits when nothing is outstanding. */
  public int promptsOfQuota() {
    return (quota.limit() + samplesPerPrompt - 1) / samplesPerPrompt;
  }
}
