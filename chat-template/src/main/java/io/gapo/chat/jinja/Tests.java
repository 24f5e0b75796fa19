package io.gapo.chat.jinja;

import io.gapo.chat.python.Arguments;
import io.gapo.chat.python.Generator;
import io.gapo.chat.python.Invocable;
import io.gapo.chat.python.None;
import io.gapo.chat.python.Python;
import io.gapo.chat.python.Undefined;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can follow {@code is}. */
final class Tests {

  private Tests() {}

  static boolean holds(Python python, String name, Object value, Arguments arguments) {
    return switch (name) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value == None.NONE;
      case "string" -> value instanceof String;
      case "mapping" -> value instanceof Map;
      case "iterable" -> isIterable(python, value) || value instanceof Generator;
      case "sequence" -> isIterable(python, value);
      case "number" -> value instanceof Number || value instanceof Boolean;
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "boolean" -> value instanceof Boolean;
      case "true" -> Boolean.TRUE.equals(value);
      case "false" -> Boolean.FALSE.equals(value);
      case "callable" -> value instanceof Invocable;
      case "upper" -> isInCase(python, value, "upper");
      case "lower" -> isInCase(python, value, "lower");
      case "in" -> python.contains(only(python, name, arguments), value);
      case "sameas" -> isSame(python, value, only(python, name, arguments));
      case "even", "odd", "divisibleby" -> divides(python, name, value, arguments);
      case "filter" -> value instanceof String filter && Filters.isKnown(filter);
      default -> compared(python, name, value, arguments);
    };
  }

  private static boolean compared(Python python, String name, Object value, Arguments arguments) {
    String operator =
        switch (name) {
          case "equalto", "eq" -> "==";
          case "ne" -> "!=";
          case "lessthan", "lt" -> "<";
          case "le" -> "<=";
          case "greaterthan", "gt" -> ">";
          case "ge" -> ">=";
          default -> name;
        };
    if (!List.of("==", "!=", "<", "<=", ">", ">=").contains(operator)) {
      throw python.fault("the test '%s' is not known: compare values instead".formatted(name));
    }
    return compares(python, operator, value, only(python, name, arguments));
  }

  /** Applies one of the six comparisons. */
  static boolean compares(Python python, String operator, Object left, Object right) {
    if (operator.equals("==")) {
      return python.equal(left, right);
    }
    if (operator.equals("!=")) {
      return !python.equal(left, right);
    }
    if (isNotANumber(left) || isNotANumber(right)) {
      return false;
    }
    int order = python.compare(left, right);
    return switch (operator) {
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  private static boolean isNotANumber(Object value) {
    return value instanceof Double number && number.isNaN();
  }

  private static boolean isIterable(Python python, Object value) {
    return value instanceof String
        || value instanceof Map
        || value instanceof Undefined
        || python.sequence(value) != null;
  }

  private static boolean isInCase(Python python, Object value, String method) {
    String text = python.text(value);
    Arguments none = Arguments.NONE;
    Object same = Filters.apply(python, method, text, none);
    Object other = Filters.apply(python, method.equals("upper") ? "lower" : "upper", text, none);
    return text.equals(same) && !text.equals(other);
  }

  private static boolean isSame(Python python, Object value, Object other) {
    boolean scalars = Python.isKey(value) && Python.isKey(other);
    return value == other
        || (scalars && value.getClass() == other.getClass() && python.equal(value, other));
  }

  private static boolean divides(Python python, String name, Object value, Arguments arguments) {
    if (!(value instanceof Long number)) {
      throw python.fault(
          "the test '%s' needs a whole number, not a value of type %s"
              .formatted(name, python.typeName(value)));
    }
    Object divisor = name.equals("divisibleby") ? only(python, name, arguments) : 2L;
    if (!(divisor instanceof Long by) || by == 0) {
      throw python.fault("the test 'divisibleby' needs a whole number other than 0");
    }
    return (number % by == 0) != name.equals("odd");
  }

  private static Object only(Python python, String name, Arguments arguments) {
    @Nullable Object other = arguments.bind(python, "the test " + name, "other").get(0);
    if (other == null) {
      throw python.fault("the test '%s' needs a value to compare with".formatted(name));
    }
    return other;
  }
}
