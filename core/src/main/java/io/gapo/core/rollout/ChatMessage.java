package io.gapo.core.rollout;

import java.util.Set;

/**
 * One message of a conversation.
 *
 * @param role {@code system}, {@code user} or {@code assistant}
 * @param content what was said; may be empty
 */
public record ChatMessage(String role, String content) {

  /** Who the user is, whose message is last. */
  public static final String USER = "user";

  private static final Set<String> ROLES = Set.of("system", USER, "assistant");

  public ChatMessage {
    if (!ROLES.contains(role)) {
      throw new IllegalArgumentException(
          "a message's role must be system, user or assistant, was '%s'".formatted(role));
    }
  }
}
