package io.gapo.chat.python;

import org.jspecify.annotations.Nullable;

/** A value with attributes of its own, such as {@code loop}. */
public interface Attributed {

  /** Its value, or null if there is none of that name. */
  @Nullable Object attribute(String name);
}
