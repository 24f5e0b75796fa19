package io.gapo.objectives.rule;

import io.gapo.core.rollout.Rollout;

/** What a rule that compares with the right answer needs. */
final class Labels {

  private Labels() {}

  static String of(Rollout rollout) {
    return rollout
        .notes()
        .label()
        .orElseThrow(
            () ->
                new UnscorableException(
                    "its prompt has no label: feed {\"prompt\": ..., \"label\": ...}"));
  }
}
