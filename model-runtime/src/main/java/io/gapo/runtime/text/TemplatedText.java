package io.gapo.runtime.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A text of which the template's parts are trusted to hold special tokens and the others are not.
 *
 * @param parts in order
 * @param isComplete whether it has all special tokens that belong into it, so that the tokenizer
 *     adds none
 */
public record TemplatedText(List<Part> parts, boolean isComplete) {

  /**
   * A stretch of text.
   *
   * @param isTrusted whether it is the template's own, and not what a user or a policy wrote
   */
  public record Part(String text, boolean isTrusted) {}

  public TemplatedText {
    parts = List.copyOf(parts);
  }

  /**
   * Of a template with one place for a prompt.
   *
   * @param before of the template, before the prompt
   * @param prompt what a user wrote
   * @param after of the template, behind the prompt
   * @param response what a policy answered, empty if it has not yet
   */
  public static TemplatedText of(String before, String prompt, String after, String response) {
    return new TemplatedText(
        List.of(
            new Part(before, true),
            new Part(prompt, false),
            new Part(after, true),
            new Part(response, false)),
        false);
  }

  /** The same, with more of the template's own right before and behind its first other part. */
  TemplatedText wrapping(String before, String after) {
    List<Part> wrapped = new ArrayList<>(parts);
    int place = 0;
    while (parts.get(place).isTrusted()) {
      place++;
    }
    if (!after.isEmpty()) {
      wrapped.add(place + 1, new Part(after, true));
    }
    if (!before.isEmpty()) {
      wrapped.add(place, new Part(before, true));
    }
    return new TemplatedText(wrapped, isComplete);
  }

  /** The whole text. */
  public String whole() {
    return parts.stream().map(Part::text).collect(Collectors.joining());
  }

  /** The template's own parts. */
  List<String> trusted() {
    return parts.stream().filter(Part::isTrusted).map(Part::text).toList();
  }

  /** Whether a stretch of the whole text lies in one of the template's own parts. */
  boolean isTrusted(Stretch stretch) {
    int begin = 0;
    for (Part part : parts) {
      int end = begin + part.text().length();
      if (stretch.from() < end) {
        return part.isTrusted() && stretch.from() >= begin && stretch.to() <= end;
      }
      begin = end;
    }
    return false;
  }

  /** From one character of a text to another, which it does not include. */
  public record Stretch(int from, int to) {}
}
