package io.gapo.chat.python;

import java.util.ArrayList;
import java.util.List;

/** Python's operators on numbers, texts and lists. */
public final class Arithmetic {

  private Arithmetic() {}

  /**
   * Applies one of {@code + - * / // % **}.
   *
   * @throws TemplateFault if the values have no such operation, or the result no room
   */
  public static Object apply(Python python, String operator, Object left, Object right) {
    Number a = Python.numeric(left);
    Number b = Python.numeric(right);
    if (a != null && b != null) {
      try {
        return a instanceof Long m && b instanceof Long n
            ? whole(python, operator, m, n)
            : fraction(python, operator, a.doubleValue(), b.doubleValue());
      } catch (ArithmeticException e) {
        throw python.fault(
            "%s %s %s is no number of 64 bits: use smaller ones".formatted(a, operator, b));
      }
    }
    if (operator.equals("+")) {
      return join(python, left, right);
    }
    if (operator.equals("*") && b instanceof Long times) {
      return repeat(python, left, times);
    }
    if (operator.equals("*") && a instanceof Long times) {
      return repeat(python, right, times);
    }
    throw unsupported(python, operator, left, right);
  }

  private static TemplateFault unsupported(
      Python python, String operator, Object left, Object right) {
    for (Object each : List.of(left, right)) {
      if (each instanceof Undefined undefined) {
        return python.fault(undefined.reason());
      }
    }
    return python.fault(
        "values of types %s and %s have no operation '%s'; to join texts of other values, use ~"
            .formatted(python.typeName(left), python.typeName(right), operator));
  }

  private static Object whole(Python python, String operator, long a, long b) {
    return switch (operator) {
      case "+" -> Math.addExact(a, b);
      case "-" -> Math.subtractExact(a, b);
      case "*" -> Math.multiplyExact(a, b);
      case "/" -> (double) a / nonZero(python, b);
      case "//" -> Math.floorDiv(a, nonZero(python, b));
      case "%" -> Math.floorMod(a, nonZero(python, b));
      default -> b < 0 ? (Object) Math.pow((double) a, (double) b) : (Object) power(a, b);
    };
  }

  private static long nonZero(Python python, long divisor) {
    if (divisor == 0) {
      throw python.fault("division by zero");
    }
    return divisor;
  }

  private static long power(long base, long exponent) {
    long power = 1;
    long square = base;
    for (long rest = exponent; rest > 0; rest >>= 1) {
      if ((rest & 1) == 1) {
        power = Math.multiplyExact(power, square);
      }
      if (rest > 1) {
        square = Math.multiplyExact(square, square);
      }
    }
    return power;
  }

  private static Object fraction(Python python, String operator, double a, double b) {
    if (b == 0 && (operator.startsWith("/") || operator.equals("%"))) {
      throw python.fault("division by zero");
    }
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> {
        double rest = a % b;
        yield rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
      }
      default -> Math.pow(a, b);
    };
  }

  private static Object join(Python python, Object left, Object right) {
    if (left instanceof String a && right instanceof String b) {
      python.budget().characters((long) a.length() + b.length());
      return a + b;
    }
    List<Object> one = python.sequence(left);
    List<Object> other = python.sequence(right);
    if (one != null && other != null && left instanceof Tuple == right instanceof Tuple) {
      python.budget().elements((long) one.size() + other.size());
      List<Object> both = new ArrayList<>(one);
      both.addAll(other);
      return left instanceof Tuple ? new Tuple(both) : both;
    }
    throw unsupported(python, "+", left, right);
  }

  private static Object repeat(Python python, Object value, long times) {
    long count = Math.max(0, Math.min(times, Integer.MAX_VALUE));
    if (value instanceof String text) {
      python.budget().characters(count * text.length());
      return text.repeat((int) count);
    }
    List<Object> items = python.sequence(value);
    if (items == null) {
      throw unsupported(python, "*", value, times);
    }
    python.budget().elements(count * items.size());
    List<Object> repeated = new ArrayList<>();
    if (!items.isEmpty()) {
      for (long i = 0; i < count; i++) {
        repeated.addAll(items);
      }
    }
    return value instanceof Tuple ? new Tuple(repeated) : repeated;
  }

  /** The number with the other sign. */
  public static Object negate(Python python, Object value) {
    Number number = Python.numeric(value);
    if (number instanceof Long whole) {
      return apply(python, "-", 0L, whole);
    }
    if (number != null) {
      return -number.doubleValue();
    }
    throw unsupported(python, "-", value, 0L);
  }
}
