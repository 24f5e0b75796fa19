package io.gapo.chat.python;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The methods of texts. */
final class TextMethods {

  private TextMethods() {}

  static @Nullable Invocable of(String text, String name) {
    return switch (name) {
      case "strip" -> (python, arguments) -> strip(python, arguments, name, text);
      case "lstrip" -> (python, arguments) -> strip(python, arguments, name, text);
      case "rstrip" -> (python, arguments) -> strip(python, arguments, name, text);
      case "upper", "lower", "title", "capitalize" ->
          (python, arguments) -> {
            arguments.bind(python, name);
            python.budget().characters(text.length());
            return inCase(text, name);
          };
      case "startswith" -> ends(text, name, String::startsWith);
      case "endswith" -> ends(text, name, String::endsWith);
      case "removeprefix" ->
          (python, arguments) -> {
            String prefix = only(python, arguments, name);
            python.budget().characters(text.length());
            return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
          };
      case "removesuffix" ->
          (python, arguments) -> {
            String suffix = only(python, arguments, name);
            python.budget().characters(text.length());
            return text.endsWith(suffix)
                ? text.substring(0, text.length() - suffix.length())
                : text;
          };
      case "split", "rsplit" -> (python, arguments) -> split(python, arguments, name, text);
      case "splitlines" ->
          (python, arguments) -> {
            arguments.bind(python, name);
            python.budget().elements(text.length());
            python.budget().characters(text.length());
            return new ArrayList<Object>(Text.lines(text));
          };
      case "replace" -> (python, arguments) -> replaceBy(python, arguments, text);
      case "find", "index", "rfind" -> (python, arguments) -> find(python, arguments, name, text);
      case "count" -> (python, arguments) -> count(python, text, only(python, arguments, name));
      case "join" ->
          (python, arguments) -> {
            Object items = arguments.bind(python, name, "iterable").get(0);
            return join(python, text, items == null ? List.of() : python.iterate(items));
          };
      case "isdigit", "isdecimal" -> all(text, name, Character::isDigit);
      case "isalpha" -> all(text, name, Character::isLetter);
      case "isalnum" -> all(text, name, Character::isLetterOrDigit);
      case "isspace" -> all(text, name, Text::isSpace);
      case "isupper", "islower" ->
          (python, arguments) -> {
            arguments.bind(python, name);
            python.budget().characters(2L * text.length());
            String other = inCase(text, name.equals("isupper") ? "lower" : "upper");
            return text.equals(inCase(text, name.substring(2))) && !text.equals(other);
          };
      default -> null;
    };
  }

  private static Invocable all(String text, String name, IntPredicate holds) {
    return (python, arguments) -> {
      arguments.bind(python, name);
      python.budget().steps(text.length());
      return !text.isEmpty() && text.codePoints().allMatch(holds);
    };
  }

  static String inCase(String text, String name) {
    return switch (name) {
      case "upper" -> text.toUpperCase(Locale.ROOT);
      case "lower" -> text.toLowerCase(Locale.ROOT);
      case "title" -> title(text);
      default -> {
        int first = text.isEmpty() ? 0 : text.offsetByCodePoints(0, 1);
        yield text.substring(0, first).toUpperCase(Locale.ROOT)
            + text.substring(first).toLowerCase(Locale.ROOT);
      }
    };
  }

  private static String title(String text) {
    StringBuilder title = new StringBuilder();
    boolean within = false;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int point = text.codePointAt(i);
      title.appendCodePoint(within ? Character.toLowerCase(point) : Character.toTitleCase(point));
      within = Character.isLetter(point);
    }
    return title.toString();
  }

  private static String strip(Python python, Arguments arguments, String name, String text) {
    Object characters = arguments.bind(python, name, "chars").get(0);
    return strip(python, text, characters, !name.startsWith("r"), !name.startsWith("l"));
  }

  /** Strips white space, or the given characters, at the chosen ends. */
  static String strip(
      Python python, String text, @Nullable Object characters, boolean left, boolean right) {
    python.budget().characters(text.length());
    if (characters == null || characters == None.NONE) {
      String stripped = left ? Text.stripLeft(text) : text;
      return right ? Text.stripRight(stripped) : stripped;
    }
    String set = string(python, characters, "strip");
    python.budget().read((long) text.length() * set.length());
    String stripped = left ? Text.stripLeft(text, set) : text;
    return right ? Text.stripRight(stripped, set) : stripped;
  }

  private static Invocable ends(
      String text, String name, BiFunction<String, String, Boolean> matches) {
    return (python, arguments) -> {
      Object sought = arguments.bind(python, name, "text").get(0);
      List<Object> choices = sought instanceof Tuple tuple ? tuple.items() : null;
      if (choices == null) {
        return matches.apply(text, only(python, arguments, name));
      }
      python.budget().steps(choices.size());
      return choices.stream().anyMatch(choice -> matches.apply(text, string(python, choice, name)));
    };
  }

  private static String only(Python python, Arguments arguments, String name) {
    return string(python, arguments.bind(python, name, "text").get(0), name);
  }

  private static String string(Python python, @Nullable Object value, String name) {
    if (value instanceof String text) {
      return text;
    }
    throw python.fault(
        "%s needs a text, not %s"
            .formatted(
                name, value == null ? "nothing" : "a value of type " + python.typeName(value)));
  }

  private static long number(Python python, @Nullable Object value, long absent, String name) {
    if (value == null) {
      return absent;
    }
    if (Python.numeric(value) instanceof Long number) {
      return number;
    }
    throw python.fault(
        "%s needs a whole number, not a value of type %s".formatted(name, python.typeName(value)));
  }

  private static List<Object> split(Python python, Arguments arguments, String name, String text) {
    List<@Nullable Object> bound = arguments.bind(python, name, "sep", "maxsplit");
    Object separator = bound.get(0);
    long most = number(python, bound.get(1), -1, name);
    python.budget().characters(text.length());
    boolean fromRight = name.equals("rsplit") && most >= 0;
    List<Object> parts;
    if (separator == null || separator == None.NONE) {
      if (fromRight) {
        throw python.fault("rsplit with a limit needs a separator: name one");
      }
      parts = words(text, most < 0 ? Long.MAX_VALUE : most);
    } else {
      String between = string(python, separator, name);
      if (between.isEmpty()) {
        throw python.fault(name + " needs a separator that is not empty");
      }
      python.budget().search(text, between);
      parts =
          fromRight
              ? splitFromRight(text, between, most)
              : splitAt(text, between, most < 0 ? Long.MAX_VALUE : most);
    }
    python.budget().elements(parts.size());
    return parts;
  }

  private static List<Object> splitAt(String text, String separator, long most) {
    List<Object> parts = new ArrayList<>();
    int from = 0;
    int at = text.indexOf(separator);
    while (at >= 0 && parts.size() < most) {
      parts.add(text.substring(from, at));
      from = at + separator.length();
      at = text.indexOf(separator, from);
    }
    parts.add(text.substring(from));
    return parts;
  }

  private static List<Object> splitFromRight(String text, String separator, long most) {
    List<Object> parts = new ArrayList<>();
    int to = text.length();
    int at = text.lastIndexOf(separator);
    while (at >= 0 && parts.size() < most) {
      parts.add(text.substring(at + separator.length(), to));
      to = at;
      at = text.lastIndexOf(separator, to - separator.length());
    }
    parts.add(text.substring(0, to));
    Collections.reverse(parts);
    return parts;
  }

  private static List<Object> words(String text, long most) {
    List<Object> words = new ArrayList<>();
    int from = Text.skip(text, 0, true);
    while (from < text.length()) {
      if (words.size() == most) {
        words.add(text.substring(from));
        break;
      }
      int end = Text.skip(text, from, false);
      words.add(text.substring(from, end));
      from = Text.skip(text, end, true);
    }
    return words;
  }

  private static String replaceBy(Python python, Arguments arguments, String text) {
    List<@Nullable Object> bound = arguments.bind(python, "replace", "old", "new", "count");
    return replace(
        python,
        text,
        string(python, bound.get(0), "replace"),
        string(python, bound.get(1), "replace"),
        number(python, bound.get(2), -1, "replace"));
  }

  /** Replaces the first so many occurrences, all of them if the number is negative. */
  static String replace(Python python, String text, String old, String by, long most) {
    long limit = most < 0 ? Long.MAX_VALUE : most;
    if (old.isEmpty() && limit > 0) {
      return replaceBetween(python, text, by, limit);
    }
    python.budget().search(text, old);
    StringBuilder replaced = new StringBuilder();
    int from = 0;
    int at = text.indexOf(old);
    for (long i = 0; at >= 0 && i < limit; i++) {
      python.budget().characters((long) at - from + by.length());
      replaced.append(text, from, at).append(by);
      from = at + old.length();
      at = text.indexOf(old, from);
    }
    python.budget().characters(text.length() - from);
    return replaced.append(text.substring(from)).toString();
  }

  private static String replaceBetween(Python python, String text, String by, long limit) {
    StringBuilder replaced = new StringBuilder();
    long done = 0;
    for (Object point : Text.points(text)) {
      String before = done++ < limit ? by : "";
      python.budget().characters(before.length() + 2L);
      replaced.append(before).append(point);
    }
    return replaced.append(done < limit ? by : "").toString();
  }

  private static Object find(Python python, Arguments arguments, String name, String text) {
    String sought = only(python, arguments, name);
    python.budget().search(text, sought);
    int at = name.equals("rfind") ? text.lastIndexOf(sought) : text.indexOf(sought);
    if (at < 0 && name.equals("index")) {
      throw python.fault("the text does not contain what index looks for");
    }
    return at < 0 ? -1L : (long) text.codePointCount(0, at);
  }

  private static long count(Python python, String text, String sought) {
    python.budget().search(text, sought);
    if (sought.isEmpty()) {
      return Text.length(text) + 1L;
    }
    return splitAt(text, sought, Long.MAX_VALUE).size() - 1L;
  }

  private static String join(Python python, String separator, List<Object> items) {
    StringBuilder joined = new StringBuilder();
    for (int i = 0; i < items.size(); i++) {
      String item = string(python, items.get(i), "join");
      String before = i == 0 ? "" : separator;
      python.budget().characters((long) before.length() + item.length());
      joined.append(before).append(item);
    }
    return joined.toString();
  }
}
