package io.gapo.core.rollout;

import java.util.Optional;

/**
 * What a user asks the policy.
 *
 * @param id unique among all prompts fed; every id derived from it is a function of it
 * @param text what the user wrote, without any chat template
 * @param preference what the user wants of each objective, if the prompt says so
 */
public record Prompt(String id, String text, Optional<PromptPreference> preference) {

  public Prompt {
    if (id.isBlank()) {
      throw new IllegalArgumentException("prompt id must not be blank");
    }
    if (text.isBlank()) {
      throw new IllegalArgumentException("prompt text must not be blank");
    }
  }

  /** A prompt that says nothing of preferences. */
  public Prompt(String id, String text) {
    this(id, text, Optional.empty());
  }

  /** The same prompt, asked with a preference. */
  public Prompt preferring(PromptPreference other) {
    return new Prompt(id, text, Optional.of(other));
  }
}
