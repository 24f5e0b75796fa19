package io.gapo.chat.jinja;

import io.gapo.chat.python.Arguments;
import io.gapo.chat.python.Python;
import java.util.HashMap;
import java.util.Map;

/** What can follow {@code |}. */
final class Filters {

  /** One filter; it checks its own arguments. */
  @FunctionalInterface
  interface Filter {
    Object apply(Python python, Object value, Arguments arguments);
  }

  private static final Map<String, Filter> KNOWN = new HashMap<>();

  static {
    KNOWN.putAll(TextFilters.all());
    KNOWN.putAll(ValueFilters.all());
    KNOWN.putAll(ListFilters.all());
    KNOWN.putAll(ChoiceFilters.all());
  }

  private Filters() {}

  static boolean isKnown(String name) {
    return KNOWN.containsKey(name);
  }

  static Object apply(Python python, String name, Object value, Arguments arguments) {
    Filter filter = KNOWN.get(name);
    if (filter == null) {
      throw python.fault(
          "the filter '%s' is not known: use %s"
              .formatted(name, String.join(", ", KNOWN.keySet().stream().sorted().toList())));
    }
    python.budget().enter();
    Object result = filter.apply(python, value, arguments);
    python.budget().leave();
    return result;
  }
}
