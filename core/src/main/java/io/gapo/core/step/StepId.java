package io.gapo.core.step;

import io.gapo.core.policy.PolicyVersion;

/**
 * Names one attempt of one gradient collector to improve one policy version.
 *
 * @param version the policy that the gradients are of
 * @param attempt from 0; a refused attempt is followed by the next, with other rollouts
 * @param collector who computed the gradients
 */
public record StepId(PolicyVersion version, int attempt, String collector) {

  @Override
  public String toString() {
    return "%s.%s@%s".formatted(version, attempt, collector);
  }
}
