package io.gapo.runtime.text;

/**
 * A text of which the template's parts are trusted to hold special tokens and the others are not.
 *
 * @param before of the template, before the prompt
 * @param prompt what a user wrote
 * @param after of the template, behind the prompt
 * @param response what a policy answered, empty if it has not yet
 */
public record TemplatedText(String before, String prompt, String after, String response) {

  /** The whole text. */
  public String whole() {
    return before + prompt + after + response;
  }
}
