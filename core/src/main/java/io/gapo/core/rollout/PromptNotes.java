package io.gapo.core.rollout;

import java.util.Optional;

/**
 * What a prompt's author tells whoever scores the responses; the policy never reads it.
 *
 * @param label the answer that is asked for, for rules that compare with it
 * @param metadata anything else: a JSON object, as text
 */
public record PromptNotes(Optional<String> label, Optional<String> metadata) {

  /** Says nothing. */
  public static final PromptNotes NONE = new PromptNotes(Optional.empty(), Optional.empty());

  /** A label alone. */
  public static PromptNotes labelled(String label) {
    return new PromptNotes(Optional.of(label), Optional.empty());
  }
}
