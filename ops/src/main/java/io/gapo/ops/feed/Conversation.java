package io.gapo.ops.feed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.streams.codec.MalformedRecordException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Conversations as data sets spell them, in the spelling of the prompts topic. */
final class Conversation {

  private static final String ASSISTANT = "assistant";
  private static final String LAST_TURN = "\n\nAssistant:";
  private static final Pattern TURN = Pattern.compile("\n\n(Human|Assistant):");

  private Conversation() {}

  /**
   * Messages of {@code role} and {@code content}, or {@code from} and {@code value}, without the
   * assistant's at the end: they are the answer.
   *
   * @param name of the column
   * @throws MalformedRecordException if they are no messages
   */
  static ArrayNode ofMessages(String name, JsonNode column) throws MalformedRecordException {
    ArrayNode messages = allMessages(name, column);
    while (endsWithAssistant(messages)) {
      messages.remove(messages.size() - 1);
    }
    if (messages.isEmpty()) {
      throw new MalformedRecordException("'%s' has no message of the user".formatted(name));
    }
    return messages;
  }

  static boolean endsWithAssistant(ArrayNode messages) {
    return !messages.isEmpty()
        && messages.get(messages.size() - 1).get("role").textValue().equals(ASSISTANT);
  }

  /**
   * The messages of {@link #ofMessages}, with the answer.
   *
   * @throws MalformedRecordException if they are no messages
   */
  static ArrayNode allMessages(String name, JsonNode column) throws MalformedRecordException {
    if (!column.isArray()) {
      throw new MalformedRecordException(
          "'%s' must be an array of messages, but is %s".formatted(name, kind(column)));
    }
    ArrayNode messages = JsonNodeFactory.instance.arrayNode();
    for (JsonNode message : column) {
      String place = name + "[" + messages.size() + "]";
      JsonNode role = message.hasNonNull("role") ? message.get("role") : message.get("from");
      JsonNode content =
          message.hasNonNull("content") ? message.get("content") : message.get("value");
      if (role == null || !role.isTextual() || content == null || !content.isTextual()) {
        throw new MalformedRecordException(
            "'%s' needs texts 'role' and 'content', or 'from' and 'value'".formatted(place));
      }
      messages.add(message(role(role.textValue()), content.textValue()));
    }
    return messages;
  }

  /**
   * What a transcript of HH-RLHF has behind its last {@code \n\nAssistant:}.
   *
   * @throws MalformedRecordException if the assistant's turn is not the last
   */
  static String answerOfTranscript(String name, String text) throws MalformedRecordException {
    String answer = text.substring(text.lastIndexOf(LAST_TURN) + LAST_TURN.length());
    if (TURN.matcher(answer).find()) {
      throw new MalformedRecordException(
          "'%s' does not end with a turn of the assistant".formatted(name));
    }
    return answer.strip();
  }

  /** Whether a text is a transcript of HH-RLHF. */
  static boolean isTranscript(JsonNode column) {
    return column.isTextual() && TURN.matcher(column.textValue()).find();
  }

  /**
   * A transcript of HH-RLHF, up to its last {@code \n\nAssistant:}.
   *
   * @throws MalformedRecordException if it is none
   */
  static ArrayNode ofTranscript(String name, JsonNode column) throws MalformedRecordException {
    String text = text(name, column);
    int end = text.lastIndexOf(LAST_TURN);
    if (end < 0) {
      throw new MalformedRecordException(
          "'%s' is no transcript: it has no '\\n\\nAssistant:'".formatted(name));
    }
    Matcher turn = TURN.matcher(text).region(0, end);
    if (!turn.find() || !text.substring(0, turn.start()).isBlank()) {
      throw new MalformedRecordException(
          "'%s' is no transcript: it does not start with '\\n\\nHuman:'".formatted(name));
    }
    ArrayNode messages = JsonNodeFactory.instance.arrayNode();
    boolean more = true;
    while (more) {
      String role = turn.group(1).equals("Human") ? "user" : ASSISTANT;
      int start = turn.end();
      more = turn.find();
      messages.add(message(role, text.substring(start, more ? turn.start() : end).strip()));
    }
    return messages;
  }

  /**
   * A column's text.
   *
   * @throws MalformedRecordException if it is none
   */
  static String text(String name, JsonNode column) throws MalformedRecordException {
    if (!column.isTextual()) {
      throw new MalformedRecordException(
          "'%s' must be a string, but is %s".formatted(name, kind(column)));
    }
    return column.textValue();
  }

  static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> "an array";
      case OBJECT -> "an object";
      case STRING -> "a string";
      case NUMBER -> "a number";
      case BOOLEAN -> "a boolean";
      default -> "null";
    };
  }

  private static ObjectNode message(String role, String content) {
    return JsonNodeFactory.instance.objectNode().put("role", role).put("content", content);
  }

  /** Data sets have names of their own for the user and the assistant. */
  private static String role(String written) {
    String role = written.toLowerCase(Locale.ROOT);
    return switch (role) {
      case "human", "prompter" -> "user";
      case "gpt", "bot", "model" -> ASSISTANT;
      default -> role;
    };
  }
}
