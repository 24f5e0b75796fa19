package io.gapo.chat.jinja;

import io.gapo.chat.python.None;
import io.gapo.chat.python.Python;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a template's values of Java's; anything that JSON could not hold is refused. */
final class PlainValues {

  private PlainValues() {}

  static Object of(Python python, @Nullable Object value) {
    python.budget().enter();
    Object plain = plain(python, value);
    python.budget().leave();
    return plain;
  }

  private static Object plain(Python python, @Nullable Object value) {
    if (value == null) {
      return None.NONE;
    } else if (value instanceof String || value instanceof Boolean) {
      return value;
    } else if (value instanceof Double || value instanceof Float) {
      return ((Number) value).doubleValue();
    } else if (value instanceof Number number && !(value instanceof BigInteger)) {
      return number.longValue();
    } else if (value instanceof List<?> list) {
      python.budget().elements(list.size());
      List<Object> plain = new ArrayList<>(list.size());
      list.forEach(item -> plain.add(of(python, item)));
      return plain;
    } else if (value instanceof Map<?, ?> map) {
      python.budget().elements(map.size());
      Map<Object, Object> plain = new LinkedHashMap<>();
      map.forEach((key, item) -> plain.put(String.valueOf(key), of(python, item)));
      return plain;
    }
    throw python.fault(
        "a template's variable must be a text, a number, a truth value, a list or a map, not a "
            + value.getClass().getSimpleName());
  }
}
