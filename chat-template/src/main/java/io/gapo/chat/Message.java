package io.gapo.chat;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one side of a conversation said.
 *
 * @param role such as system, user, assistant or tool
 * @param content null where a message has none, as when an assistant only calls tools
 * @param more further fields that templates know, such as {@code reasoning_content} and {@code
 *     tool_calls}, as JSON has them; a field that is null counts as absent
 */
public record Message(String role, @Nullable Object content, Map<String, ?> more) {

  public Message {
    if (role.isEmpty()) {
      throw new IllegalArgumentException("a message needs a role, such as user or assistant");
    }
    if (more.containsKey("role") || more.containsKey("content")) {
      throw new IllegalArgumentException(
          "a message's further fields must not be role or content, were " + more.keySet());
    }
    more = Collections.unmodifiableMap(new LinkedHashMap<>(more));
  }

  public Message(String role, String content) {
    this(role, content, Map.of());
  }

  /**
   * The fields that a template sees: what is null is absent, and reasoning has all names in use.
   */
  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("role", role);
    if (content != null) {
      fields.put("content", content);
    }
    more.forEach(
        (name, value) -> {
          if (value != null) {
            fields.put(name, value);
          }
        });
    Object reasoning =
        fields.getOrDefault(
            "reasoning_content", fields.getOrDefault("thinking", fields.get("reasoning")));
    if (reasoning != null) {
      fields.put("reasoning_content", reasoning);
      fields.putIfAbsent("thinking", reasoning);
    }
    return fields;
  }
}
