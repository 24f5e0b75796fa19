package io.gapo.objectives.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Splits text into words: runs of letters, marks and digits, with apostrophes inside; in lower
 * case. Languages that put no spaces between words become few long ones.
 */
final class Words {

  private static final char TYPOGRAPHIC_APOSTROPHE = '’';

  private Words() {}

  static List<String> of(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    String lower = text.toLowerCase(Locale.ROOT);
    lower
        .codePoints()
        .forEach(
            point -> {
              if (belongs(point)) {
                word.appendCodePoint(point);
              } else if ((point == '\'' || point == TYPOGRAPHIC_APOSTROPHE) && !word.isEmpty()) {
                word.append('\'');
              } else {
                end(word, words);
              }
            });
    end(word, words);
    return words;
  }

  private static void end(StringBuilder word, List<String> words) {
    int length = word.length();
    while (length > 0 && word.charAt(length - 1) == '\'') {
      length--;
    }
    if (length > 0) {
      words.add(word.substring(0, length));
    }
    word.setLength(0);
  }

  private static boolean belongs(int point) {
    int type = Character.getType(point);
    return Character.isLetterOrDigit(point)
        || type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK;
  }
}
