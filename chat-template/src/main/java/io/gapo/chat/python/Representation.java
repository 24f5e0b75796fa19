package io.gapo.chat.python;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes values as Python's {@code repr} does. */
final class Representation {

  private static final int MOST_DIGITS = 17;
  private static final int LEAST_EXPONENT = -4;
  private static final int LARGEST_EXPONENT = 16;

  private final Budget budget;
  private final StringBuilder out = new StringBuilder();

  private Representation(Budget budget) {
    this.budget = budget;
  }

  static String of(Budget budget, Object value) {
    Representation representation = new Representation(budget);
    representation.write(value);
    return representation.out.toString();
  }

  private void write(Object value) {
    budget.enter();
    if (value instanceof String text) {
      quote(text);
    } else if (value instanceof List<?> list) {
      append("[");
      writeAll(list);
      append("]");
    } else if (value instanceof Tuple tuple) {
      append("(");
      writeAll(tuple.items());
      append(tuple.items().size() == 1 ? ",)" : ")");
    } else if (value instanceof Map<?, ?> map) {
      append("{");
      String separator = "";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        append(separator);
        write(entry.getKey());
        append(": ");
        write(entry.getValue());
        separator = ", ";
      }
      append("}");
    } else {
      append(scalar(value));
    }
    budget.leave();
  }

  private void writeAll(List<?> items) {
    String separator = "";
    for (Object item : items) {
      append(separator);
      write(item);
      separator = ", ";
    }
  }

  private void append(String text) {
    budget.characters(text.length());
    out.append(text);
  }

  private static String scalar(Object value) {
    if (value instanceof Boolean flag) {
      return flag ? "True" : "False";
    }
    if (value instanceof Double number) {
      return number(number);
    }
    if (value instanceof Long) {
      return value.toString();
    }
    return value == None.NONE ? "None" : value instanceof Undefined ? "Undefined" : "<object>";
  }

  /** The shortest digits that read as the same number. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal exact = new BigDecimal(value);
    BigDecimal shortest = exact;
    for (int digits = 1; digits <= MOST_DIGITS; digits++) {
      shortest = exact.round(new MathContext(digits));
      if (shortest.doubleValue() == value) {
        break;
      }
    }
    shortest = shortest.stripTrailingZeros();
    int exponent = shortest.precision() - shortest.scale() - 1;
    if (exponent >= LEAST_EXPONENT && exponent < LARGEST_EXPONENT) {
      String plain = shortest.toPlainString();
      return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }
    String digits = shortest.unscaledValue().abs().toString();
    return (value < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  private void quote(String text) {
    budget.characters(2L * text.length());
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    out.append(quote);
    text.codePoints().forEach(point -> append(point, quote));
    out.append(quote);
  }

  private void append(int point, char quote) {
    switch (point) {
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case '\\' -> out.append("\\\\");
      default -> {
        if (point == quote) {
          out.append('\\').append(quote);
        } else if (isPrintable(point)) {
          out.appendCodePoint(point);
        } else if (point <= 0xff) {
          out.append(String.format(Locale.ROOT, "\\x%02x", point));
        } else if (point <= 0xffff) {
          out.append(String.format(Locale.ROOT, "\\u%04x", point));
        } else {
          out.append(String.format(Locale.ROOT, "\\U%08x", point));
        }
      }
    }
  }

  private static boolean isPrintable(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> point == ' ';
      default -> true;
    };
  }
}
