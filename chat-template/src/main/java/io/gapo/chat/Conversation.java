package io.gapo.chat;

import java.util.ArrayList;
import java.util.List;

/** What was said so far, in order. */
public record Conversation(List<Message> messages) {

  public Conversation {
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("a conversation needs at least one message");
    }
    messages = List.copyOf(messages);
  }

  public static Conversation of(Message... messages) {
    return new Conversation(List.of(messages));
  }

  /** A single question. */
  public static Conversation ofUser(String content) {
    return of(new Message("user", content));
  }

  /** A copy ended by an assistant's response: what a score model reads. */
  public Conversation answeredBy(String response) {
    List<Message> answered = new ArrayList<>(messages);
    answered.add(new Message("assistant", response));
    return new Conversation(answered);
  }
}
