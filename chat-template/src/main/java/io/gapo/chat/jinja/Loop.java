package io.gapo.chat.jinja;

import io.gapo.chat.python.Attributed;
import io.gapo.chat.python.Invocable;
import io.gapo.chat.python.Undefined;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The variable {@code loop} within a loop's body. */
final class Loop implements Attributed {

  private final List<Object> items;
  private int index;
  private @Nullable Object seen;

  Loop(List<Object> items) {
    this.items = items;
  }

  void moveTo(int place) {
    index = place;
  }

  @Override
  public @Nullable Object attribute(String name) {
    return switch (name) {
      case "index" -> index + 1L;
      case "index0" -> (long) index;
      case "revindex" -> (long) items.size() - index;
      case "revindex0" -> items.size() - index - 1L;
      case "first" -> index == 0;
      case "last" -> index == items.size() - 1;
      case "length" -> (long) items.size();
      case "depth" -> 1L;
      case "depth0" -> 0L;
      case "previtem" ->
          index > 0 ? items.get(index - 1) : new Undefined("there is no previous item");
      case "nextitem" ->
          index + 1 < items.size() ? items.get(index + 1) : new Undefined("there is no next item");
      case "cycle" -> cycle();
      case "changed" -> changed();
      default -> null;
    };
  }

  private Invocable cycle() {
    return (python, arguments) -> {
      List<Object> values = arguments.positional();
      if (values.isEmpty()) {
        throw python.fault("loop.cycle needs values to choose from");
      }
      return values.get(index % values.size());
    };
  }

  private Invocable changed() {
    return (python, arguments) -> {
      boolean same = seen != null && python.equal(seen, arguments.positional());
      seen = arguments.positional();
      return !same;
    };
  }
}
