package io.gapo.chat;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A conversation as a model reads it.
 *
 * @param parts in order; only a part of the template may hold tokens with a special meaning
 * @param beginsWithBos whether the text begins with the token for that already, so that a tokenizer
 *     must not add another
 */
public record RenderedChat(List<Part> parts, boolean beginsWithBos) {

  /**
   * A stretch of text.
   *
   * @param isPlain whether it looks like a special token, and was written by who takes part in the
   *     conversation: to be read letter by letter
   */
  public record Part(String text, boolean isPlain) {}

  public RenderedChat {
    parts = List.copyOf(parts);
  }

  /** The whole text. */
  public String text() {
    return parts.stream().map(Part::text).collect(Collectors.joining());
  }
}
