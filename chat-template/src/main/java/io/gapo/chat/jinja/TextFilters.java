package io.gapo.chat.jinja;

import io.gapo.chat.python.Access;
import io.gapo.chat.python.Arguments;
import io.gapo.chat.python.Arithmetic;
import io.gapo.chat.python.Invocable;
import io.gapo.chat.python.Python;
import io.gapo.chat.python.Text;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Filters from text to text; other values are taken by their text. */
final class TextFilters {

  private static final String BEFORE_A_WORD = "-({[<";

  private TextFilters() {}

  static Map<String, Filters.Filter> all() {
    Map<String, Filters.Filter> filters = new HashMap<>();
    for (String name : List.of("upper", "lower", "capitalize", "replace")) {
      filters.put(name, (python, value, arguments) -> method(python, name, value, arguments));
    }
    filters.put("trim", (python, value, arguments) -> method(python, "strip", value, arguments));
    filters.put("title", TextFilters::title);
    filters.put("indent", TextFilters::indent);
    filters.put("string", (python, value, arguments) -> python.text(value));
    // Nothing is escaped in a chat template, so every text is safe.
    filters.put("safe", (python, value, arguments) -> python.text(value));
    return filters;
  }

  private static Object method(Python python, String name, Object value, Arguments arguments) {
    Object method = Access.attribute(python, python.text(value), name);
    return ((Invocable) method).call(python, arguments);
  }

  /** A word begins behind white space, a hyphen or an opening bracket. */
  private static Object title(Python python, Object value, Arguments arguments) {
    String text = python.text(value);
    python.budget().characters(text.length());
    StringBuilder title = new StringBuilder();
    boolean atStart = true;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int point = text.codePointAt(i);
      title.appendCodePoint(atStart ? Character.toUpperCase(point) : Character.toLowerCase(point));
      atStart = Text.isSpace(point) || BEFORE_A_WORD.indexOf(point) >= 0;
    }
    return title.toString();
  }

  private static Object indent(Python python, Object value, Arguments arguments) {
    Options options = new Options(python, "indent", arguments, "width", "first", "blank");
    String text = python.text(value);
    String indent =
        options.get("width", 4L) instanceof String given
            ? given
            : (String) repeat(python, options.whole("width", 4));
    List<String> lines = Text.lines(text + "\n");
    StringBuilder indented = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      boolean isIndented =
          i == 0 ? options.flag("first") : options.flag("blank") || !line.isEmpty();
      python.budget().characters((long) line.length() + 1 + (isIndented ? indent.length() : 0));
      indented.append(i == 0 ? "" : "\n").append(isIndented ? indent : "").append(line);
    }
    return indented.toString();
  }

  private static Object repeat(Python python, long width) {
    return Arithmetic.apply(python, "*", " ", width);
  }
}
