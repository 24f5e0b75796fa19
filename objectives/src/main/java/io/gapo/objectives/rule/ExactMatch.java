package io.gapo.objectives.rule;

import io.gapo.core.rollout.Rollout;

/**
 * 1 if the response is the prompt's label, white space around them aside, else 0. Range: 0 to 1.
 *
 * @param ignoreCase whether capitals do not matter
 */
public record ExactMatch(boolean ignoreCase) implements Rule {

  @Override
  public double score(Rollout rollout) {
    String label = Labels.of(rollout).strip();
    String response = rollout.response().strip();
    return (ignoreCase ? response.equalsIgnoreCase(label) : response.equals(label)) ? 1 : 0;
  }
}
