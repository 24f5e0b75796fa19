package io.gapo.core.rollout;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What a user asks the policy.
 *
 * @param id unique among all prompts fed; every id derived from it is a function of it
 * @param text what the user wrote, without any chat template
 * @param preference what the user wants of each objective, if the prompt says so
 * @param notes for the scorers
 */
public record Prompt(
    String id, String text, Optional<PromptPreference> preference, PromptNotes notes) {

  private static final int DIGEST_BYTES = 8;

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
    this(id, text, Optional.empty(), PromptNotes.NONE);
  }

  /** A prompt that says nothing to the scorers. */
  public Prompt(String id, String text, Optional<PromptPreference> preference) {
    this(id, text, preference, PromptNotes.NONE);
  }

  /**
   * The first 16 hex digits of the SHA-256 of a prompt's text in UTF-8: tells whether an id that is
   * used again stands for the same text.
   */
  public static String textDigest(String text) {
    byte[] digest = Rollout.sha256().digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
  }

  /** Of its own text; see {@link #textDigest(String)}. */
  public String textDigest() {
    return textDigest(text);
  }

  /** The same prompt, asked with a preference. */
  public Prompt preferring(PromptPreference other) {
    return new Prompt(id, text, Optional.of(other), notes);
  }

  /** The same prompt under another id. */
  public Prompt named(String other) {
    return new Prompt(other, text, preference, notes);
  }
}
