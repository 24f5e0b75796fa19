package io.gapo.chat.python;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What stands between the brackets of a call.
 *
 * @param named in the order of the call
 */
public record Arguments(List<Object> positional, Map<String, Object> named) {

  public static final Arguments NONE = new Arguments(List.of(), Map.of());

  /**
   * Gives each parameter its argument.
   *
   * @param callee for error messages
   * @return one for each name, null where the call has none
   */
  public List<@Nullable Object> bind(Python python, String callee, String... names) {
    if (positional.size() > names.length) {
      throw python.fault(
          "%s takes %s arguments at most, and got %s"
              .formatted(callee, names.length, positional.size()));
    }
    List<@Nullable Object> bound = new ArrayList<>(names.length);
    bound.addAll(positional);
    while (bound.size() < names.length) {
      bound.add(null);
    }
    List<String> order = Arrays.asList(names);
    named.forEach(
        (name, value) -> {
          int place = order.indexOf(name);
          if (place < 0) {
            throw python.fault("%s takes no argument '%s', only %s".formatted(callee, name, order));
          }
          if (bound.get(place) != null) {
            throw python.fault("%s got the argument '%s' twice".formatted(callee, name));
          }
          bound.set(place, value);
        });
    return bound;
  }

  /** The arguments after the first one, which names what to do with them. */
  public Arguments afterFirst() {
    return new Arguments(positional.subList(1, positional.size()), named);
  }
}
