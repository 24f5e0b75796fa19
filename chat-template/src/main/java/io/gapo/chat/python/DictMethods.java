package io.gapo.chat.python;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of dicts and lists that change nothing. */
final class DictMethods {

  private DictMethods() {}

  static @Nullable Invocable of(Map<?, ?> map, String name) {
    return switch (name) {
      case "items" -> (python, arguments) -> python.entries(map);
      case "keys" -> (python, arguments) -> copy(python, map.keySet());
      case "values" -> (python, arguments) -> copy(python, map.values());
      case "copy" -> (python, arguments) -> map;
      case "get" ->
          (python, arguments) -> {
            List<@Nullable Object> bound = arguments.bind(python, "get", "key", "default");
            Object key = bound.get(0);
            Object held = key == null ? null : Python.held(map, key);
            Object otherwise = bound.get(1);
            return held != null ? held : otherwise != null ? otherwise : None.NONE;
          };
      default -> null;
    };
  }

  private static List<Object> copy(Python python, Collection<?> values) {
    python.budget().elements(values.size());
    return new ArrayList<>(values);
  }

  static @Nullable Invocable ofList(List<Object> items, String name) {
    return switch (name) {
      case "count" ->
          (python, arguments) -> {
            Object sought = sought(python, arguments, name);
            return items.stream().filter(each -> python.equal(each, sought)).count();
          };
      case "index" ->
          (python, arguments) -> {
            Object sought = sought(python, arguments, name);
            for (int i = 0; i < items.size(); i++) {
              if (python.equal(items.get(i), sought)) {
                return (long) i;
              }
            }
            throw python.fault("the list does not contain what index looks for");
          };
      case "copy" -> (python, arguments) -> items;
      default -> null;
    };
  }

  private static Object sought(Python python, Arguments arguments, String name) {
    Object sought = arguments.bind(python, name, "value").get(0);
    if (sought == null) {
      throw python.fault(name + " needs the value to look for");
    }
    return sought;
  }
}
