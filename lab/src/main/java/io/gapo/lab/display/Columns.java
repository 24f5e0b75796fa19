package io.gapo.lab.display;

import java.util.ArrayList;
import java.util.List;

/** Puts text into columns of fixed width. */
final class Columns {

  private Columns() {}

  static String left(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  static String right(String text, int width) {
    return " ".repeat(Math.max(1, width - text.length())) + text;
  }

  /**
   * Breaks text at its line ends and, where needed, between or within words. Control characters,
   * which a model may well write, become spaces: they would steer the terminal.
   */
  static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    text.lines().forEach(paragraph -> wrapParagraph(visible(paragraph), width, lines));
    return lines.isEmpty() ? List.of("") : lines;
  }

  private static String visible(String text) {
    return text.codePoints()
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static void wrapParagraph(String paragraph, int width, List<String> lines) {
    String rest = paragraph;
    while (rest.length() > width) {
      int space = rest.lastIndexOf(' ', width);
      int end = space > 0 ? space : width;
      lines.add(rest.substring(0, end).stripTrailing());
      rest = rest.substring(end).stripLeading();
    }
    lines.add(rest);
  }
}
