package io.gapo.chat.python;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Python makes of values: of their truth, text, order and equality.
 *
 * <p>A value is a {@link String}, {@link Long}, {@link Double}, {@link Boolean}, {@link List},
 * {@link Tuple}, {@link Map} from scalars, {@link None}, {@link Undefined}, {@link Generator},
 * {@link Attributed} or {@link Invocable}. None can be changed but {@link Namespace}.
 */
public final class Python {

  private final Budget budget;

  public Python(Budget budget) {
    this.budget = budget;
  }

  public Budget budget() {
    return budget;
  }

  public TemplateFault fault(String message) {
    return budget.fault(message);
  }

  /** What Python's error messages call the value's type. */
  public String typeName(Object value) {
    if (value instanceof String) {
      return "str";
    } else if (value instanceof Long) {
      return "int";
    } else if (value instanceof Double) {
      return "float";
    } else if (value instanceof Boolean) {
      return "bool";
    } else if (value instanceof List) {
      return "list";
    } else if (value instanceof Tuple) {
      return "tuple";
    } else if (value instanceof Map) {
      return "dict";
    } else if (value == None.NONE) {
      return "None";
    }
    return value instanceof Undefined ? "undefined" : "object";
  }

  /** The elements of a list or tuple; null of anything else. */
  @SuppressWarnings("unchecked") // Lists of a template's values hold values only.
  public @Nullable List<Object> sequence(Object value) {
    if (value instanceof List<?> list) {
      return (List<Object>) list;
    }
    return value instanceof Tuple tuple ? tuple.items() : null;
  }

  /** Whether a value can be a key; to hash a list could take for ever. */
  public static boolean isKey(Object value) {
    return value instanceof String
        || value instanceof Number
        || value instanceof Boolean
        || value == None.NONE;
  }

  /** What a dict holds by a key, or null. */
  static @Nullable Object held(Map<?, ?> map, Object key) {
    return isKey(key) ? map.get(key) : null;
  }

  public boolean isTrue(Object value) {
    if (value instanceof Boolean flag) {
      return flag;
    } else if (value instanceof String text) {
      return !text.isEmpty();
    } else if (value instanceof Long number) {
      return number != 0;
    } else if (value instanceof Double number) {
      return number != 0;
    } else if (value instanceof Map<?, ?> map) {
      return !map.isEmpty();
    }
    List<Object> items = sequence(value);
    return items != null ? !items.isEmpty() : value != None.NONE && !(value instanceof Undefined);
  }

  /** What {@code str} makes of a value, and nothing of one that is undefined. */
  public String text(Object value) {
    if (value instanceof String text) {
      return text;
    }
    return value instanceof Undefined ? "" : Representation.of(budget, value);
  }

  /** The elements that a loop visits: of a list, the keys of a dict, the letters of a text. */
  public List<Object> iterate(Object value) {
    List<Object> items = sequence(value);
    if (items != null) {
      budget.steps(items.size());
      return items;
    }
    if (value instanceof Map<?, ?> map) {
      budget.elements(map.size());
      return new ArrayList<>(map.keySet());
    }
    if (value instanceof String text) {
      budget.elements(text.length());
      return Text.points(text);
    }
    if (value instanceof Generator generator) {
      return generator.take();
    }
    if (value instanceof Undefined) {
      return List.of();
    }
    throw fault("a loop needs a list, a dict or a text, not a value of type " + typeName(value));
  }

  /** Key and value of each entry of a dict, in their order. */
  public List<Object> entries(Map<?, ?> map) {
    budget.elements(3L * map.size());
    List<Object> entries = new ArrayList<>(map.size());
    map.forEach((key, value) -> entries.add(new Tuple(List.of(key, value))));
    return entries;
  }

  public long length(Object value) {
    List<Object> items = sequence(value);
    if (items != null) {
      return items.size();
    } else if (value instanceof Map<?, ?> map) {
      return map.size();
    } else if (value instanceof String text) {
      budget.read(text.length());
      return Text.length(text);
    } else if (value instanceof Undefined) {
      return 0;
    }
    throw fault("a value of type %s has no length".formatted(typeName(value)));
  }

  public boolean equal(Object left, Object right) {
    budget.enter();
    boolean equal = areEqual(left, right);
    budget.leave();
    return equal;
  }

  private boolean areEqual(Object left, Object right) {
    if (left instanceof String a && right instanceof String b) {
      budget.read(Math.min(a.length(), b.length()));
      return a.equals(b);
    }
    Number a = numeric(left);
    Number b = numeric(right);
    if (a != null && b != null) {
      return compareNumbers(a, b) == 0 && !Double.isNaN(a.doubleValue());
    }
    if (left instanceof Map<?, ?> one && right instanceof Map<?, ?> other) {
      return one.size() == other.size()
          && one.entrySet().stream()
              .allMatch(
                  entry -> {
                    Object value = held(other, entry.getKey());
                    return value != null && equal(entry.getValue(), value);
                  });
    }
    List<Object> one = sequence(left);
    List<Object> other = sequence(right);
    if (one != null && other != null && left instanceof Tuple == right instanceof Tuple) {
      if (one.size() != other.size()) {
        return false;
      }
      for (int i = 0; i < one.size(); i++) {
        if (!equal(one.get(i), other.get(i))) {
          return false;
        }
      }
      return true;
    }
    return left == right || (left instanceof Undefined && right instanceof Undefined);
  }

  /** A number, of a truth value 0 or 1; null of anything else. */
  static @Nullable Number numeric(Object value) {
    if (value instanceof Boolean flag) {
      return flag ? 1L : 0L;
    }
    return value instanceof Number number ? number : null;
  }

  private static int compareNumbers(Number left, Number right) {
    if (left instanceof Long a && right instanceof Long b) {
      return Long.compare(a, b);
    }
    double a = left.doubleValue();
    double b = right.doubleValue();
    if (!Double.isFinite(a) || !Double.isFinite(b)) {
      return Double.compare(a, b);
    }
    return exact(left).compareTo(exact(right));
  }

  private static BigDecimal exact(Number number) {
    return number instanceof Long whole
        ? BigDecimal.valueOf(whole)
        : new BigDecimal(number.doubleValue());
  }

  /** Below, at or above zero, as numbers, texts and lists are ordered; others have no order. */
  public int compare(Object left, Object right) {
    budget.enter();
    int order = order(left, right);
    budget.leave();
    return order;
  }

  private int order(Object left, Object right) {
    if (left instanceof String a && right instanceof String b) {
      budget.read(Math.min(a.length(), b.length()));
      return compareTexts(a, b);
    }
    Number a = numeric(left);
    Number b = numeric(right);
    if (a != null && b != null) {
      return compareNumbers(a, b);
    }
    List<Object> one = sequence(left);
    List<Object> other = sequence(right);
    if (one != null && other != null && left instanceof Tuple == right instanceof Tuple) {
      for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
        int order = compare(one.get(i), other.get(i));
        if (order != 0) {
          return order;
        }
      }
      return Integer.compare(one.size(), other.size());
    }
    throw fault(
        "values of types %s and %s have no order".formatted(typeName(left), typeName(right)));
  }

  /** By code points, as Python does; Java's order is that of UTF-16 units. */
  private static int compareTexts(String a, String b) {
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      if (a.charAt(i) != b.charAt(i)) {
        boolean surrogates =
            Character.isSurrogate(a.charAt(i)) != Character.isSurrogate(b.charAt(i));
        int order = Character.compare(a.charAt(i), b.charAt(i));
        return surrogates ? (Character.isSurrogate(a.charAt(i)) ? 1 : -1) : order;
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /** Whether a text has a part, a list an element, a dict a key. */
  public boolean contains(Object container, Object item) {
    if (container instanceof String text) {
      if (item instanceof String part) {
        budget.search(text, part);
        return text.contains(part);
      }
      throw fault("only a text can be in a text, not a value of type " + typeName(item));
    }
    if (container instanceof Map<?, ?> map) {
      return held(map, item) != null;
    }
    return iterate(container).stream().anyMatch(each -> equal(each, item));
  }
}
