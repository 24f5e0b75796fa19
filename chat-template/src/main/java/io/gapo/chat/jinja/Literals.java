package io.gapo.chat.jinja;

import java.util.List;
import java.util.Locale;

/** Strings, numbers and operators as they are written in a template. */
final class Literals {

  private static final List<String> LONG_OPERATORS = List.of("//", "**", "==", "!=", ">=", "<=");

  private static final String OPERATORS = "+-/*%~[](){}><=.:|,;";

  private Literals() {}

  static String operatorAt(String source, int position) {
    for (String operator : LONG_OPERATORS) {
      if (source.startsWith(operator, position)) {
        return operator;
      }
    }
    return OPERATORS.indexOf(source.charAt(position)) < 0
        ? ""
        : source.substring(position, position + 1);
  }

  /** Where the quote is that ends a string, or -1. */
  static int endOfString(String source, int start) {
    char quote = source.charAt(start);
    for (int i = start + 1; i < source.length(); i++) {
      char each = source.charAt(i);
      if (each == quote) {
        return i;
      }
      i += each == '\\' ? 1 : 0;
    }
    return -1;
  }

  static int endOfNumber(String source, int start) {
    if (source.charAt(start) == '0' && start + 1 < source.length()) {
      int base = "bBoOxX".indexOf(source.charAt(start + 1));
      if (base >= 0) {
        return endOfDigits(source, start + 2, base < 2 ? 2 : base < 4 ? 8 : 16);
      }
    }
    int end = endOfDigits(source, start, 10);
    // In `a.0.1` each number is a place of its own.
    boolean afterDot = start > 0 && source.charAt(start - 1) == '.';
    if (!afterDot && isAt(source, end, '.') && isDigitAt(source, end + 1)) {
      end = endOfDigits(source, end + 1, 10);
    }
    if (!afterDot && (isAt(source, end, 'e') || isAt(source, end, 'E'))) {
      int digits = end + (isAt(source, end + 1, '+') || isAt(source, end + 1, '-') ? 2 : 1);
      end = isDigitAt(source, digits) ? endOfDigits(source, digits, 10) : end;
    }
    return end;
  }

  private static boolean isAt(String source, int place, char sought) {
    return place < source.length() && source.charAt(place) == sought;
  }

  private static boolean isDigitAt(String source, int place) {
    return place < source.length() && Character.digit(source.charAt(place), 10) >= 0;
  }

  private static int endOfDigits(String source, int start, int radix) {
    int end = start;
    while (end < source.length()
        && (source.charAt(end) == '_' || Character.digit(source.charAt(end), radix) >= 0)) {
      end++;
    }
    return end;
  }

  static boolean isFraction(String number) {
    boolean prefixed = number.length() > 1 && "bBoOxX".indexOf(number.charAt(1)) >= 0;
    return !prefixed
        && (number.indexOf('.') >= 0 || number.toLowerCase(Locale.ROOT).indexOf('e') >= 0);
  }

  /**
   * What a whole number stands for.
   *
   * @throws NumberFormatException if it has more than 64 bits
   */
  static long whole(String number) {
    String digits = number.replace("_", "");
    int base = digits.length() > 1 ? "bBoOxX".indexOf(digits.charAt(1)) : -1;
    return base < 0
        ? Long.parseLong(digits)
        : Long.parseLong(digits.substring(2), base < 2 ? 2 : base < 4 ? 8 : 16);
  }

  /** What the inside of a string stands for; escapes that Python does not know stay as they are. */
  static String unescape(String written) {
    if (written.indexOf('\\') < 0) {
      return written;
    }
    StringBuilder text = new StringBuilder();
    int i = 0;
    while (i < written.length()) {
      char each = written.charAt(i);
      if (each != '\\' || i + 1 == written.length()) {
        text.append(each);
        i++;
      } else {
        i = unescape(written, i, text);
      }
    }
    return text.toString();
  }

  /** Appends what the escape at a place stands for; returns the place behind it. */
  private static int unescape(String written, int place, StringBuilder text) {
    char kind = written.charAt(place + 1);
    int simple = "\n\\'\"abfnrtv".indexOf(kind);
    if (simple >= 0) {
      text.append(simple == 0 ? "" : "\\'\"\u0007\b\f\n\r\t\u000b".substring(simple - 1, simple));
      return place + 2;
    }
    int from = place + 2;
    int digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
    int radix = 16;
    if (kind >= '0' && kind <= '7') {
      from = place + 1;
      radix = 8;
      while (digits < 3
          && from + digits < written.length()
          && isOctal(written.charAt(from + digits))) {
        digits++;
      }
    }
    int end = from + digits;
    if (digits == 0 || end > written.length() || !allDigits(written.substring(from, end), radix)) {
      text.append('\\').append(kind);
      return place + 2;
    }
    int point = Integer.parseUnsignedInt(written.substring(from, end), radix);
    text.append(Character.isValidCodePoint(point) ? Character.toString(point) : "\ufffd");
    return end;
  }

  private static boolean allDigits(String text, int radix) {
    return text.chars().allMatch(each -> Character.digit(each, radix) >= 0);
  }

  private static boolean isOctal(char each) {
    return each >= '0' && each <= '7';
  }
}
