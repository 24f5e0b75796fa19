package io.gapo.streams.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.gapo.core.rollout.ChatMessage;
import io.gapo.core.rollout.Prompt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversation in a prompt's record: {@code [{"role": "system", "content": "…"}, …]}, whose last
 * message is the user's.
 */
final class MessagesJson {

  private MessagesJson() {}

  static void write(Prompt prompt, JsonGenerator generator) throws IOException {
    generator.writeArrayFieldStart("messages");
    for (ChatMessage message : prompt.history()) {
      write(message, generator);
    }
    write(new ChatMessage(ChatMessage.USER, prompt.text()), generator);
    generator.writeEndArray();
  }

  private static void write(ChatMessage message, JsonGenerator generator) throws IOException {
    generator.writeStartObject();
    generator.writeStringField("role", message.role());
    generator.writeStringField("content", message.content());
    generator.writeEndObject();
  }

  /**
   * Reads the array that the parser stands at.
   *
   * @return null for JSON's null
   */
  static @Nullable List<ChatMessage> read(JsonToken token, JsonParser parser)
      throws IOException, MalformedRecordException {
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token != JsonToken.START_ARRAY) {
      throw new MalformedRecordException(
          "'messages' must be an array of objects with 'role' and 'content', but is %s"
              .formatted(PromptJson.kind(token)));
    }
    List<ChatMessage> messages = new ArrayList<>();
    for (JsonToken next = parser.nextToken();
        next != JsonToken.END_ARRAY;
        next = parser.nextToken()) {
      messages.add(message(messages.size(), next, parser));
    }
    if (messages.isEmpty()) {
      throw new MalformedRecordException("'messages' is empty");
    }
    ChatMessage last = messages.get(messages.size() - 1);
    if (!last.role().equals(ChatMessage.USER)) {
      throw new MalformedRecordException(
          "'messages' must end with the user's, but ends with one of role '%s'"
              .formatted(last.role()));
    }
    return messages;
  }

  private static ChatMessage message(int place, JsonToken token, JsonParser parser)
      throws IOException, MalformedRecordException {
    String name = "messages[" + place + "]";
    if (token != JsonToken.START_OBJECT) {
      throw new MalformedRecordException(
          "'%s' must be an object with 'role' and 'content', but is %s"
              .formatted(name, PromptJson.kind(token)));
    }
    String role = null;
    String content = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      if (field.equals("role")) {
        role = PromptJson.string(name + ".role", value, parser);
      } else if (field.equals("content")) {
        content = PromptJson.string(name + ".content", value, parser);
      } else {
        parser.skipChildren();
      }
    }
    if (role == null || content == null) {
      throw new MalformedRecordException("'%s' needs 'role' and 'content'".formatted(name));
    }
    try {
      return new ChatMessage(role, content);
    } catch (IllegalArgumentException e) {
      throw new MalformedRecordException("'%s': %s".formatted(name, e.getMessage()), e);
    }
  }
}
