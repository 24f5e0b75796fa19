package io.gapo.lab.training;

import io.gapo.core.rollout.ChatMessage;
import java.util.List;

/**
 * A prompt with an answer: what a policy should answer, or what a score model judges.
 *
 * @param history of the conversation before the prompt
 * @param prompt the user's last message, without template
 * @param response as it follows the templated prompt, without an end-of-sequence token
 */
public record AnsweredPrompt(List<ChatMessage> history, String prompt, String response) {

  public AnsweredPrompt {
    history = List.copyOf(history);
  }

  /** An answer to a prompt that is the whole conversation. */
  public AnsweredPrompt(String prompt, String response) {
    this(List.of(), prompt, response);
  }
}
