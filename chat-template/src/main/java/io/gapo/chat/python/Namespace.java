package io.gapo.chat.python;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one value that a template may change: its attributes outlive the loop that sets them. */
public final class Namespace implements Attributed {

  private final Map<String, Object> attributes = new LinkedHashMap<>();

  @Override
  public @Nullable Object attribute(String name) {
    return attributes.get(name);
  }

  public void set(Python python, String name, Object value) {
    if (name.startsWith("_")) {
      throw python.fault(
          "a namespace has no attribute '%s': rename it so that it does not begin with _"
              .formatted(name));
    }
    python.budget().elements(1);
    attributes.put(name, value);
  }
}
