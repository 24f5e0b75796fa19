package io.gapo.runtime.text;

import io.gapo.core.rollout.ChatMessage;
import java.util.List;

/** How a model reads a conversation. */
public sealed interface PromptFormat permits PromptTemplate, ChatFormat {

  /**
   * What a policy continues.
   *
   * @param history messages before the last one, of the system, the user and the assistant
   * @param text of the user's last message
   * @throws UnreadableConversationException if the model cannot read such a conversation
   */
  TemplatedText prompt(List<ChatMessage> history, String text);

  /**
   * What a score model judges.
   *
   * @param response of the policy
   * @throws UnreadableConversationException if the model cannot read such a conversation
   */
  TemplatedText answered(List<ChatMessage> history, String text, String response);

  /** Whether something stands behind a response, so that nothing is to be added to end it. */
  boolean endsResponses();
}
