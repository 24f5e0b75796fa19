package io.gapo.chat.jinja;

import io.gapo.chat.python.Arguments;
import io.gapo.chat.python.Invocable;
import io.gapo.chat.python.Namespace;
import io.gapo.chat.python.Python;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions that transformers and jinja2 give to every template. */
final class Globals {

  /** As jinja2's sandbox bounds it. */
  private static final long MAX_RANGE = 100_000;

  private Globals() {}

  static Map<String, Object> all(Clock clock) {
    return Map.of(
        "range", (Invocable) Globals::range,
        "dict", (Invocable) Globals::dict,
        "namespace", (Invocable) Globals::namespace,
        "raise_exception", (Invocable) Globals::refuse,
        "strftime_now",
            (Invocable)
                (python, arguments) ->
                    TimeFormat.write(
                        python,
                        LocalDateTime.now(clock),
                        new Options(python, "strftime_now", arguments, "format").text("format")));
  }

  private static Object range(Python python, Arguments arguments) {
    List<Object> given = arguments.positional();
    if (given.isEmpty() || given.size() > 3 || !arguments.named().isEmpty()) {
      throw python.fault("range needs one to three whole numbers");
    }
    long[] bounds = new long[given.size()];
    for (int i = 0; i < bounds.length; i++) {
      if (!(given.get(i) instanceof Long bound)) {
        throw python.fault(
            "range needs whole numbers, not a value of type " + python.typeName(given.get(i)));
      }
      bounds[i] = bound;
    }
    long start = bounds.length == 1 ? 0 : bounds[0];
    long end = bounds.length == 1 ? bounds[0] : bounds[1];
    long step = bounds.length == 3 ? bounds[2] : 1;
    if (step == 0) {
      throw python.fault("range needs a step other than 0");
    }
    List<Object> numbers = new ArrayList<>();
    for (long at = start; step > 0 ? at < end : at > end; at += step) {
      python.budget().elements(1);
      if (numbers.size() == MAX_RANGE) {
        throw python.fault("range gives more than %s numbers: use fewer".formatted(MAX_RANGE));
      }
      numbers.add(at);
      if (at > 0 == step > 0 && Math.abs(step) > Long.MAX_VALUE - Math.abs(at)) {
        break; // The next one has more than 64 bits, and lies behind the end.
      }
    }
    return numbers;
  }

  private static Map<Object, Object> dict(Python python, Arguments arguments) {
    Map<Object, Object> dict = new LinkedHashMap<>();
    for (Object given : arguments.positional()) {
      if (!(given instanceof Map<?, ?> map)) {
        throw python.fault(
            "a dict is made of a dict or of name=value, not of a value of type "
                + python.typeName(given));
      }
      dict.putAll(map);
    }
    dict.putAll(arguments.named());
    python.budget().elements(dict.size());
    return dict;
  }

  private static Object namespace(Python python, Arguments arguments) {
    Namespace namespace = new Namespace();
    dict(python, arguments)
        .forEach((name, value) -> namespace.set(python, python.text(name), value));
    return namespace;
  }

  private static Object refuse(Python python, Arguments arguments) {
    String message = new Options(python, "raise_exception", arguments, "message").text("message");
    throw python.fault("the template refuses this conversation: " + message);
  }
}
