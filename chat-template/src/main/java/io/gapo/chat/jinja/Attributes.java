package io.gapo.chat.jinja;

import io.gapo.chat.python.Access;
import io.gapo.chat.python.None;
import io.gapo.chat.python.Python;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Attributes of a list's items by their names, such as {@code function.name}. */
final class Attributes {

  private static final int MOST_DIGITS = 9;

  private Attributes() {}

  /** Reads an attribute; the value itself where no name is given. */
  static UnaryOperator<Object> getter(Python python, @Nullable Object attribute) {
    if (attribute == null || attribute == None.NONE) {
      return value -> value;
    }
    List<Object> path = path(python, attribute);
    return value -> {
      Object result = value;
      for (Object part : path) {
        python.budget().steps(1);
        result = Access.item(python, result, part);
      }
      return result;
    };
  }

  private static List<Object> path(Python python, Object attribute) {
    if (!(attribute instanceof String dotted)) {
      return List.of(attribute);
    }
    python.budget().elements(dotted.length());
    List<Object> path = new ArrayList<>();
    for (String part : dotted.split("\\.", -1)) {
      boolean isPlace =
          !part.isEmpty()
              && part.length() <= MOST_DIGITS
              && part.chars().allMatch(each -> each >= '0' && each <= '9');
      path.add(isPlace ? (Object) Long.valueOf(part) : part);
    }
    return path;
  }
}
