package io.gapo.chat.jinja;

import io.gapo.chat.python.Arguments;
import io.gapo.chat.python.None;
import io.gapo.chat.python.Python;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A filter's or function's arguments by name. */
final class Options {

  private final Python python;
  private final String callee;
  private final List<String> names;
  private final List<@Nullable Object> values;

  Options(Python python, String callee, Arguments arguments, String... names) {
    this.python = python;
    this.callee = callee;
    this.names = Arrays.asList(names);
    this.values = arguments.bind(python, callee, names);
  }

  @Nullable Object get(String name) {
    return values.get(names.indexOf(name));
  }

  Object get(String name, Object otherwise) {
    Object value = get(name);
    return value == null ? otherwise : value;
  }

  boolean flag(String name) {
    return python.isTrue(get(name, false));
  }

  boolean flag(String name, boolean otherwise) {
    return python.isTrue(get(name, otherwise));
  }

  long whole(String name, long otherwise) {
    Object value = get(name, otherwise);
    if (value instanceof Long number) {
      return number;
    }
    throw python.fault(
        "%s needs a whole number as '%s', not a value of type %s"
            .formatted(callee, name, python.typeName(value)));
  }

  /** A text, or null where it is absent or none. */
  @Nullable String text(String name) {
    Object value = get(name);
    return value == null || value == None.NONE ? null : python.text(value);
  }
}
