package io.gapo.ops.feed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.rollout.Prompt;
import io.gapo.ops.feed.PromptLine.Problem;
import io.gapo.streams.codec.MalformedRecordException;

/**
 * A prompt with the assistant's answer to it, as data sets have them. The prompt is judged as that
 * of {@code gapo feed} is.
 *
 * @param prompt under an id of no meaning
 * @param answer may be empty
 */
public record Answered(Prompt prompt, String answer) {

  /**
   * A conversation that ends with the answer: messages, or a transcript of HH-RLHF.
   *
   * @param name of the column
   * @throws MalformedRecordException if it is none
   */
  public static Answered ofConversation(String name, JsonNode column)
      throws MalformedRecordException {
    if (column.isTextual()) {
      ArrayNode messages = Conversation.ofTranscript(name, column);
      return new Answered(
          prompt(messages), Conversation.answerOfTranscript(name, column.textValue()));
    }
    ArrayNode messages = Conversation.allMessages(name, column);
    if (!Conversation.endsWithAssistant(messages)) {
      throw new MalformedRecordException(
          "'%s' does not end with a message of the assistant".formatted(name));
    }
    String answer = messages.remove(messages.size() - 1).get("content").textValue();
    if (messages.isEmpty() || Conversation.endsWithAssistant(messages)) {
      throw new MalformedRecordException(
          "'%s' has no message of the user right before the assistant's last one".formatted(name));
    }
    return new Answered(prompt(messages), answer);
  }

  /**
   * A prompt, a text or messages that end with the user's, and an answer beside it: a text, or one
   * message of the assistant.
   *
   * @throws MalformedRecordException if one is none
   */
  public static Answered ofColumns(
      String promptName, JsonNode prompt, String answerName, JsonNode answer)
      throws MalformedRecordException {
    ObjectNode line = RowJson.object();
    if (prompt.isArray()) {
      line.set("messages", Conversation.ofMessages(promptName, prompt));
    } else {
      line.put("prompt", Conversation.text(promptName, prompt));
    }
    return new Answered(prompt(line), answer(answerName, answer));
  }

  private static String answer(String name, JsonNode column) throws MalformedRecordException {
    if (!column.isArray()) {
      return Conversation.text(name, column);
    }
    ArrayNode messages = Conversation.allMessages(name, column);
    if (messages.size() != 1 || !Conversation.endsWithAssistant(messages)) {
      throw new MalformedRecordException(
          "'%s' must be one message of the assistant beside a prompt, or a whole conversation"
              .formatted(name));
    }
    return messages.get(0).get("content").textValue();
  }

  /** Whether a column holds a conversation of its own, and not only an answer. */
  public static boolean isConversation(JsonNode column) {
    return Conversation.isTranscript(column) || (column.isArray() && column.size() > 1);
  }

  private static Prompt prompt(ArrayNode messages) throws MalformedRecordException {
    ObjectNode line = RowJson.object();
    line.set("messages", messages);
    return prompt(line);
  }

  private static Prompt prompt(ObjectNode line) throws MalformedRecordException {
    PromptLine read = PromptLine.parse(RowJson.write(line));
    Prompt prompt = read.prompt();
    if (prompt == null) {
      throw new MalformedRecordException(read.problem().map(Problem::text).orElse("no prompt"));
    }
    return prompt;
  }
}
