package io.gapo.chat.jinja;

import io.gapo.chat.python.Arguments;
import io.gapo.chat.python.Generator;
import io.gapo.chat.python.Python;
import io.gapo.chat.python.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Filters that put each item of a list to a test, or through another filter. */
final class ChoiceFilters {

  private ChoiceFilters() {}

  static Map<String, Filters.Filter> all() {
    return Map.of(
        "select", (python, value, arguments) -> choose(python, value, arguments, false, true),
        "reject", (python, value, arguments) -> choose(python, value, arguments, false, false),
        "selectattr", (python, value, arguments) -> choose(python, value, arguments, true, true),
        "rejectattr", (python, value, arguments) -> choose(python, value, arguments, true, false),
        "map", ChoiceFilters::map);
  }

  private static Object choose(
      Python python, Object value, Arguments arguments, boolean byAttribute, boolean chosen) {
    Arguments rest = arguments;
    UnaryOperator<Object> key = item -> item;
    if (byAttribute) {
      if (arguments.positional().isEmpty()) {
        throw python.fault("selectattr and rejectattr need the attribute's name");
      }
      key = Attributes.getter(python, arguments.positional().get(0));
      rest = arguments.afterFirst();
    }
    Predicate<Object> test = test(python, rest);
    List<Object> passed = new ArrayList<>();
    for (Object item : python.iterate(value)) {
      if (test.test(key.apply(item)) == chosen) {
        python.budget().elements(1);
        passed.add(item);
      }
    }
    return new Generator(passed);
  }

  private static Predicate<Object> test(Python python, Arguments arguments) {
    if (arguments.positional().isEmpty()) {
      return python::isTrue;
    }
    String name = python.text(arguments.positional().get(0));
    Arguments rest = arguments.afterFirst();
    return value -> Tests.holds(python, name, value, rest);
  }

  private static Object map(Python python, Object value, Arguments arguments) {
    UnaryOperator<Object> operation = operation(python, arguments);
    List<Object> mapped = new ArrayList<>();
    for (Object item : python.iterate(value)) {
      python.budget().elements(1);
      mapped.add(operation.apply(item));
    }
    return new Generator(mapped);
  }

  private static UnaryOperator<Object> operation(Python python, Arguments arguments) {
    if (arguments.positional().isEmpty()) {
      Map<String, Object> named = new LinkedHashMap<>(arguments.named());
      UnaryOperator<Object> getter = Attributes.getter(python, named.remove("attribute"));
      Object otherwise = named.remove("default");
      if (!named.isEmpty() || !arguments.named().containsKey("attribute")) {
        throw python.fault("map needs a filter's name, or attribute='…'");
      }
      return item -> {
        Object result = getter.apply(item);
        return result instanceof Undefined && otherwise != null ? otherwise : result;
      };
    }
    String name = python.text(arguments.positional().get(0));
    Arguments rest = arguments.afterFirst();
    return item -> Filters.apply(python, name, item, rest);
  }
}
