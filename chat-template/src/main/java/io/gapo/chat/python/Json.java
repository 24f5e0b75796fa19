package io.gapo.chat.python;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes values as Python's {@code json.dumps} does, which {@code tojson} of transformers calls.
 */
public final class Json {

  /**
   * How to write.
   *
   * @param indent of one level, or null for one line
   * @param itemSeparator between elements
   * @param keySeparator between a key and its value
   */
  public record Layout(
      boolean ensureAscii,
      @Nullable String indent,
      String itemSeparator,
      String keySeparator,
      boolean sortKeys) {}

  private final Python python;
  private final Layout layout;
  private final StringBuilder out = new StringBuilder();

  private Json(Python python, Layout layout) {
    this.python = python;
    this.layout = layout;
  }

  public static String write(Python python, Object value, Layout layout) {
    Json json = new Json(python, layout);
    json.write(value, 0);
    return json.out.toString();
  }

  private void write(Object value, int level) {
    python.budget().enter();
    if (value instanceof String text) {
      quote(text);
    } else if (value instanceof Map<?, ?> map) {
      writeMap(map, level);
    } else if (value instanceof List<?> list) {
      writeList(list, level);
    } else if (value instanceof Tuple tuple) {
      writeList(tuple.items(), level);
    } else {
      append(scalar(value));
    }
    python.budget().leave();
  }

  private void writeList(List<?> list, int level) {
    if (list.isEmpty()) {
      append("[]");
      return;
    }
    append("[");
    String separator = "";
    for (Object item : list) {
      append(separator);
      newLine(level + 1);
      write(item, level + 1);
      separator = layout.itemSeparator();
    }
    newLine(level);
    append("]");
  }

  private void writeMap(Map<?, ?> map, int level) {
    if (map.isEmpty()) {
      append("{}");
      return;
    }
    Map<?, ?> ordered = map;
    if (layout.sortKeys()) {
      Map<Object, Object> sorted = new TreeMap<>(python::compare);
      sorted.putAll(map);
      ordered = sorted;
    }
    append("{");
    String separator = "";
    for (Map.Entry<?, ?> entry : ordered.entrySet()) {
      append(separator);
      newLine(level + 1);
      quote(entry.getKey() instanceof String key ? key : scalar(entry.getKey()));
      append(layout.keySeparator());
      write(entry.getValue(), level + 1);
      separator = layout.itemSeparator();
    }
    newLine(level);
    append("}");
  }

  private void newLine(int level) {
    String indent = layout.indent();
    if (indent != null) {
      python.budget().characters(1 + (long) level * indent.length());
      out.append('\n').append(indent.repeat(level));
    }
  }

  private String scalar(Object value) {
    if (value == None.NONE) {
      return "null";
    }
    if (value instanceof Boolean || value instanceof Long) {
      return value.toString();
    }
    if (value instanceof Double number) {
      return number.isNaN()
          ? "NaN"
          : number.isInfinite()
              ? (number > 0 ? "Infinity" : "-Infinity")
              : Representation.number(number);
    }
    throw python.fault(
        value instanceof Undefined undefined
            ? undefined.reason() + ": JSON has no word for that"
            : "%s cannot be written as JSON".formatted(python.typeName(value)));
  }

  private void append(String text) {
    python.budget().characters(text.length());
    out.append(text);
  }

  private void quote(String text) {
    python.budget().characters(text.length() + 2L);
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      switch (each) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\f' -> out.append("\\f");
        case '\b' -> out.append("\\b");
        default -> {
          if (each < ' ' || (layout.ensureAscii() && each > '~')) {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) each));
          } else {
            out.append(each);
          }
        }
      }
    }
    out.append('"');
  }
}
