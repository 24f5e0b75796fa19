package io.gapo.runtime.text;

import io.gapo.core.rollout.ChatMessage;
import java.util.List;

/**
 * What policy and score models read around a prompt's text.
 *
 * @param pattern the text with one {@code {prompt}} where the prompt belongs
 */
public record PromptTemplate(String pattern) implements PromptFormat {

  /** Stands for the prompt's text. */
  public static final String PLACEHOLDER = "{prompt}";

  /** The template of Safe RLHF's models (Dai et al. 2024). */
  public static final PromptTemplate SAFE_RLHF =
      new PromptTemplate("BEGINNING OF CONVERSATION: USER: {prompt} ASSISTANT:");

  public PromptTemplate {
    int first = pattern.indexOf(PLACEHOLDER);
    if (first < 0 || first != pattern.lastIndexOf(PLACEHOLDER)) {
      throw new IllegalArgumentException(
          "a prompt template must contain %s once, was '%s'".formatted(PLACEHOLDER, pattern));
    }
  }

  @Override
  public TemplatedText prompt(List<ChatMessage> history, String text) {
    requireNone(history);
    return around(text, "");
  }

  @Override
  public TemplatedText answered(List<ChatMessage> history, String text, String response) {
    requireNone(history);
    return around(text, response);
  }

  private static void requireNone(List<ChatMessage> history) {
    if (!history.isEmpty()) {
      throw new UnreadableConversationException(
          "the prompt has several messages, and gapo.sampling.template has a place for one: use a"
              + " model with a chat template and leave the setting out");
    }
  }

  @Override
  public boolean endsResponses() {
    return false;
  }

  /** The templated prompt and a response, empty if there is none yet, part by part. */
  public TemplatedText around(String prompt, String response) {
    int place = pattern.indexOf(PLACEHOLDER);
    return TemplatedText.of(
        pattern.substring(0, place),
        prompt,
        pattern.substring(place + PLACEHOLDER.length()),
        response);
  }
}
