package io.gapo.chat.python;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Attributes, elements and slices of values, as Jinja's sandbox lets a template see them. */
public final class Access {

  /** What Python's lists and dicts have, and a template must not call. */
  private static final Set<String> CHANGING =
      Set.of(
          "append",
          "clear",
          "extend",
          "insert",
          "pop",
          "popitem",
          "remove",
          "reverse",
          "setdefault",
          "sort",
          "update");

  private Access() {}

  /**
   * {@code value.name}: a method or attribute, else what a dict holds by that name.
   *
   * @throws TemplateFault if the name begins with an underscore, or the value is undefined
   */
  public static Object attribute(Python python, Object value, String name) {
    Object own = ownAttribute(python, value, name);
    if (own != null) {
      return own;
    }
    Object held = value instanceof Map<?, ?> map ? map.get(name) : null;
    return held != null ? held : missing(python, value, name);
  }

  /**
   * {@code value[key]}: an element, else the attribute of that name.
   *
   * @throws TemplateFault if the key begins with an underscore, or the value is undefined
   */
  public static Object item(Python python, Object value, Object key) {
    if (value instanceof Map<?, ?> map) {
      Object held = Python.held(map, key);
      if (held != null) {
        return held;
      }
    }
    if (python.sequence(value) != null || value instanceof String) {
      Number place = Python.numeric(key);
      if (place instanceof Long index) {
        return element(python, value, index);
      }
    }
    if (key instanceof String name) {
      Object own = ownAttribute(python, value, name);
      if (own != null) {
        return own;
      }
    }
    return missing(python, value, key);
  }

  private static Object element(Python python, Object value, long index) {
    long size = python.length(value);
    long place = index < 0 ? index + size : index;
    if (place < 0 || place >= size) {
      return new Undefined(
          "%s has no element %s: it has %s".formatted(python.typeName(value), index, size));
    }
    List<Object> items = python.sequence(value);
    return items != null
        ? items.get((int) place)
        : Text.between((String) value, (int) place, (int) place + 1);
  }

  private static @Nullable Object ownAttribute(Python python, Object value, String name) {
    if (value instanceof Attributed attributed) {
      return attributed.attribute(name);
    }
    if (value instanceof String text) {
      return TextMethods.of(text, name);
    }
    if (value instanceof Map<?, ?> map) {
      Invocable method = DictMethods.of(map, name);
      return method == null && CHANGING.contains(name) ? refusal(name) : method;
    }
    List<Object> items = python.sequence(value);
    if (items != null) {
      Invocable method = DictMethods.ofList(items, name);
      return method == null && CHANGING.contains(name) ? refusal(name) : method;
    }
    return null;
  }

  private static Invocable refusal(String name) {
    return (python, arguments) -> {
      throw python.fault(
          "'%s' would change a value, which a template must not: set a variable to a new one"
              .formatted(name));
    };
  }

  private static Object missing(Python python, Object value, Object key) {
    if (value instanceof Undefined undefined) {
      throw python.fault(undefined.reason());
    }
    if (key instanceof String name && name.startsWith("_")) {
      throw python.fault(
          "'%s' is closed to templates: no attribute that begins with _ can be read"
              .formatted(name));
    }
    return new Undefined(
        "a value of type %s has no '%s'".formatted(python.typeName(value), python.text(key)));
  }

  /** {@code value[from:to:step]}; what is not given is null. */
  public static Object slice(
      Python python,
      Object value,
      @Nullable Object from,
      @Nullable Object to,
      @Nullable Object step) {
    if (!(value instanceof String) && python.sequence(value) == null) {
      throw python.fault(
          value instanceof Undefined undefined
              ? undefined.reason()
              : "a value of type %s cannot be sliced".formatted(python.typeName(value)));
    }
    long size = python.length(value);
    long stride = bound(python, step, 1);
    if (stride == 0) {
      throw python.fault("a slice's step must not be 0");
    }
    boolean forwards = stride > 0;
    long least = forwards ? 0 : -1;
    long most = forwards ? size : size - 1;
    long start = clamp(bound(python, from, forwards ? 0 : size - 1), from, size, least, most);
    long end = clamp(bound(python, to, forwards ? size : -1), to, size, least, most);
    if (value instanceof String text && stride == 1) {
      python.budget().characters(Math.max(0, end - start));
      return Text.between(text, (int) start, (int) Math.max(start, end));
    }
    return pick(python, value, start, end, stride);
  }

  private static Object pick(Python python, Object value, long start, long end, long stride) {
    List<Object> all = python.iterate(value);
    List<Object> picked = new ArrayList<>();
    // A stride may be close to the largest number: the distance left cannot overflow, the sum can.
    for (long at = start; stride > 0 ? at < end : at > end; at += stride) {
      python.budget().elements(1);
      picked.add(all.get((int) at));
      if (stride > 0 ? stride >= end - at : stride <= end - at) {
        break;
      }
    }
    if (value instanceof String) {
      python.budget().characters(picked.size());
      StringBuilder text = new StringBuilder();
      picked.forEach(text::append);
      return text.toString();
    }
    return value instanceof Tuple ? new Tuple(picked) : picked;
  }

  private static long bound(Python python, @Nullable Object value, long absent) {
    if (value == null || value == None.NONE) {
      return absent;
    }
    if (Python.numeric(value) instanceof Long number) {
      return number;
    }
    throw python.fault(
        "a slice needs whole numbers, not a value of type " + python.typeName(value));
  }

  private static long clamp(long bound, @Nullable Object given, long size, long least, long most) {
    boolean fromEnd = bound < 0 && given != null && given != None.NONE;
    return Math.max(least, Math.min(fromEnd ? bound + size : bound, most));
  }
}
