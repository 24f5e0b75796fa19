package io.gapo.runtime.text;

/**
 * What policy and score models read around a prompt's text.
 *
 * @param pattern the text with one {@code {prompt}} where the prompt belongs
 */
public record PromptTemplate(String pattern) {

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

  /** The templated prompt and a response, empty if there is none yet, part by part. */
  public TemplatedText around(String prompt, String response) {
    int place = pattern.indexOf(PLACEHOLDER);
    return new TemplatedText(
        pattern.substring(0, place),
        prompt,
        pattern.substring(place + PLACEHOLDER.length()),
        response);
  }
}
