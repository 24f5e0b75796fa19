package io.gapo.chat.jinja;

import io.gapo.chat.python.Arguments;
import io.gapo.chat.python.Arithmetic;
import io.gapo.chat.python.Json;
import io.gapo.chat.python.None;
import io.gapo.chat.python.Python;
import io.gapo.chat.python.Text;
import io.gapo.chat.python.Undefined;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Filters of single values: defaults, numbers, JSON. */
final class ValueFilters {

  private ValueFilters() {}

  static Map<String, Filters.Filter> all() {
    return Map.of(
        "default", ValueFilters::otherwise,
        "d", ValueFilters::otherwise,
        "length", (python, value, arguments) -> python.length(value),
        "count", (python, value, arguments) -> python.length(value),
        "tojson", ValueFilters::json,
        "int", ValueFilters::whole,
        "float", ValueFilters::fraction,
        "abs", ValueFilters::absolute,
        "round", ValueFilters::round);
  }

  private static Object otherwise(Python python, Object value, Arguments arguments) {
    Options options = new Options(python, "default", arguments, "default_value", "boolean");
    boolean isMissing =
        value instanceof Undefined || (options.flag("boolean") && !python.isTrue(value));
    return isMissing ? options.get("default_value", "") : value;
  }

  private static Object json(Python python, Object value, Arguments arguments) {
    Options options =
        new Options(
            python, "tojson", arguments, "ensure_ascii", "indent", "separators", "sort_keys");
    String indent = indent(python, options.get("indent"));
    String betweenItems = indent == null ? ", " : ",";
    String afterKey = ": ";
    Object separators = options.get("separators");
    if (separators != null && separators != None.NONE) {
      List<Object> both = python.iterate(separators);
      if (both.size() != 2) {
        throw python.fault("tojson needs two separators, as in separators=(',', ':')");
      }
      betweenItems = python.text(both.get(0));
      afterKey = python.text(both.get(1));
    }
    return Json.write(
        python,
        value,
        new Json.Layout(
            options.flag("ensure_ascii"),
            indent,
            betweenItems,
            afterKey,
            options.flag("sort_keys")));
  }

  private static @Nullable String indent(Python python, @Nullable Object given) {
    if (given == null || given == None.NONE) {
      return null;
    }
    return given instanceof String text ? text : (String) Arithmetic.apply(python, "*", " ", given);
  }

  private static Object whole(Python python, Object value, Arguments arguments) {
    Options options = new Options(python, "int", arguments, "default", "base");
    Object otherwise = options.get("default", 0L);
    long base = options.whole("base", 10);
    if (value instanceof Long) {
      return value;
    } else if (value instanceof Boolean flag) {
      return flag ? 1L : 0L;
    } else if (value instanceof String text) {
      String digits = stripped(text).replace("_", "");
      try {
        return Long.parseLong(digits, (int) Math.max(2, Math.min(base, 36)));
      } catch (NumberFormatException e) { // A fraction is tried next, as jinja2 does.
        Double fraction = parse(text);
        return fraction == null ? otherwise : truncated(python, fraction);
      }
    } else if (value instanceof Double number) {
      return truncated(python, number);
    }
    return refuseUndefined(python, value, otherwise);
  }

  private static Object truncated(Python python, double number) {
    if (!(Math.abs(number) < 0x1p63)) {
      throw python.fault("%s is no whole number of 64 bits".formatted(number));
    }
    return (long) number;
  }

  private static Object fraction(Python python, Object value, Arguments arguments) {
    Object otherwise = new Options(python, "float", arguments, "default").get("default", 0.0);
    if (value instanceof Number number) {
      return number.doubleValue();
    } else if (value instanceof Boolean flag) {
      return flag ? 1.0 : 0.0;
    } else if (value instanceof String text) {
      Double parsed = parse(text);
      return parsed == null ? otherwise : parsed;
    }
    return refuseUndefined(python, value, otherwise);
  }

  private static Object refuseUndefined(Python python, Object value, Object otherwise) {
    if (value instanceof Undefined undefined) {
      throw python.fault(undefined.reason());
    }
    return otherwise;
  }

  private static String stripped(String text) {
    return Text.stripRight(Text.stripLeft(text));
  }

  /** A number as Python's {@code float} reads it, or null; Java reads more, such as {@code 1d}. */
  private static @Nullable Double parse(String text) {
    String number = stripped(text).replace("_", "");
    boolean plain =
        !number.isEmpty() && number.chars().allMatch(each -> "0123456789+-.eE".indexOf(each) >= 0);
    try {
      return plain ? Double.valueOf(number) : null;
    } catch (NumberFormatException e) { // Such as 1.2.3: no number, which null says.
      return null;
    }
  }

  private static Object absolute(Python python, Object value, Arguments arguments) {
    return python.compare(value, 0L) < 0 ? Arithmetic.negate(python, value) : value;
  }

  private static Object round(Python python, Object value, Arguments arguments) {
    Options options = new Options(python, "round", arguments, "precision", "method");
    long precision = Math.max(-400, Math.min(options.whole("precision", 0), 400));
    RoundingMode mode =
        switch (python.text(options.get("method", "common"))) {
          case "common" -> RoundingMode.HALF_EVEN;
          case "ceil" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          default -> throw python.fault("round has the methods common, ceil and floor");
        };
    if (value instanceof Long number && mode == RoundingMode.HALF_EVEN) {
      return BigDecimal.valueOf(number).setScale((int) precision, mode).longValue();
    }
    if (!(value instanceof Number number) || !Double.isFinite(number.doubleValue())) {
      throw python.fault("round needs a number, not a value of type " + python.typeName(value));
    }
    return new BigDecimal(number.doubleValue()).setScale((int) precision, mode).doubleValue();
  }
}
