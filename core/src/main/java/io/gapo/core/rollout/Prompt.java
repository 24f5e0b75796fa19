package io.gapo.core.rollout;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What a user asks the policy.
 *
 * @param id unique among all prompts fed; every id derived from it is a function of it
 * @param text what the user wrote, without any chat template
 * @param preference what the user wants of each objective, if the prompt says so
 * @param notes for the scorers
 * @param history of the conversation that the text continues, from its system message on; empty if
 *     the text is all
 */
public record Prompt(
    String id,
    String text,
    Optional<PromptPreference> preference,
    PromptNotes notes,
    List<ChatMessage> history) {

  private static final int DIGEST_BYTES = 8;

  public Prompt {
    history = List.copyOf(history);
    if (id.isBlank()) {
      throw new IllegalArgumentException("prompt id must not be blank");
    }
    if (text.isBlank()) {
      throw new IllegalArgumentException("prompt text must not be blank");
    }
  }

  /** A prompt that says nothing of preferences. */
  public Prompt(String id, String text) {
    this(id, text, Optional.empty(), PromptNotes.NONE, List.of());
  }

  /** A prompt that says nothing to the scorers. */
  public Prompt(String id, String text, Optional<PromptPreference> preference) {
    this(id, text, preference, PromptNotes.NONE, List.of());
  }

  /**
   * The first 16 hex digits of the SHA-256 of what is asked, in UTF-8: tells whether an id that is
   * used again stands for the same text.
   *
   * @param history as {@link Prompt#history}; without any it is the digest of the text alone
   */
  public static String textDigest(List<ChatMessage> history, String text) {
    MessageDigest sha = Rollout.sha256();
    Rollout.updateHistory(sha, history);
    byte[] digest = sha.digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
  }

  /** The digest of a text without a history. */
  public static String textDigest(String text) {
    return textDigest(List.of(), text);
  }

  /** The digest of its own text and history; see {@link #textDigest(List, String)}. */
  public String textDigest() {
    return textDigest(history, text);
  }

  /** A copy of this prompt with another preference. */
  public Prompt preferring(PromptPreference other) {
    return new Prompt(id, text, Optional.of(other), notes, history);
  }

  /** A copy of this prompt with another id. */
  public Prompt named(String other) {
    return new Prompt(other, text, preference, notes, history);
  }
}
