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
 */
public record GeneratorSettings(
    int samplesPerPrompt, long runSeed, AdmissionQuota quota, Backoff backoff) {

  public GeneratorSettings {
    Bounds.atLeast("samples-per-prompt", samplesPerPrompt, 1);
  }
}
