package io.gapo.lab.report;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A piece of a page. Text gets in by {@link #text} only, which escapes it, so that no answer of a
 * model can become markup.
 */
record Html(String markup) {

  /** Of text that anybody may have written. */
  static Html text(String text) {
    StringBuilder markup = new StringBuilder(text.length());
    text.codePoints().forEach(character -> append(markup, character));
    return new Html(markup.toString());
  }

  /** Of markup that is our own, with every text in it escaped. */
  static Html trusted(String markup) {
    return new Html(markup);
  }

  /** One after the other. */
  static Html all(List<Html> pieces) {
    return new Html(pieces.stream().map(Html::markup).collect(Collectors.joining("\n")));
  }

  /** One after the other. */
  static Html all(Html... pieces) {
    return all(List.of(pieces));
  }

  /** Wraps this in an element. */
  Html in(String tag) {
    return new Html("<%s>%s</%s>".formatted(tag, markup, tag));
  }

  /**
   * Wraps this in an element with an attribute.
   *
   * @param value is escaped
   */
  Html in(String tag, String attribute, String value) {
    return new Html(
        "<%s %s=\"%s\">%s</%s>".formatted(tag, attribute, text(value).markup, markup, tag));
  }

  /** What would steer the reader's text instead of showing in it becomes a replacement mark. */
  private static void append(StringBuilder markup, int character) {
    switch (character) {
      case '&' -> markup.append("&amp;");
      case '<' -> markup.append("&lt;");
      case '>' -> markup.append("&gt;");
      case '"' -> markup.append("&quot;");
      case '\'' -> markup.append("&#39;");
      case '\n', '\t' -> markup.append((char) character);
      default -> markup.appendCodePoint(isPlain(character) ? character : '\uFFFD');
    }
  }

  private static boolean isPlain(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED -> false;
      default -> true;
    };
  }
}
