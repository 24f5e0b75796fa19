package io.gapo.ops.display;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;

/**
 * Shows text that a user or a model may have written. Characters that would steer the terminal, or
 * turn around what stands beside them, are shown as Java and JSON escape them.
 */
public final class UntrustedText {

  private UntrustedText() {}

  /** The text on one line: line ends are control characters too. */
  public static String escaped(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (steers(c)) {
                shown.append(String.format(Locale.ROOT, "\\u%04x", c)); // none is beyond 0xFFFF
              } else {
                shown.appendCodePoint(c);
              }
            });
    return shown.toString();
  }

  /** The first so many characters, with a mark if there are more; not yet escaped. */
  public static String cut(String text, int length) {
    return text.codePointCount(0, text.length()) <= length
        ? text
        : text.substring(0, text.offsetByCodePoints(0, length)) + "…";
  }

  /**
   * All of the text, broken at its line ends and, where needed, between or within words.
   *
   * @param width of a line, in columns, wide characters taking two
   */
  public static List<String> wrapped(String text, int width) {
    TextTable table =
        TextTable.forColumns(
            Help.defaultColorScheme(Ansi.OFF), new Column(width, 0, Overflow.WRAP));
    table.indentWrappedLines = 0;
    text.lines().forEach(line -> table.addRowValues(literal(line)));
    return table.toString().lines().toList();
  }

  /** A line of text for a table of picocli's, whose markup it may hold as text. */
  public static Text literal(String line) {
    // A tab would not end where the table's columns do; markup begins with @|.
    return Arrays.stream(escaped(line.replace('\t', ' ')).split("(?<=@)"))
        .map(Ansi.OFF::text)
        .reduce(Ansi.OFF.text(""), Text::concat);
  }

  /**
   * Whether a character would steer the reader instead of showing: control characters, line and
   * paragraph separators, halves of pairs, and Unicode's bidi ones.
   */
  public static boolean steers(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default ->
          c == 0x061C
              || c == 0x200E
              || c == 0x200F
              || (c >= 0x202A && c <= 0x202E)
              || (c >= 0x2066 && c <= 0x2069);
    };
  }
}
