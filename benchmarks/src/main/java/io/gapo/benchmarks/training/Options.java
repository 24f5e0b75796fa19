package io.gapo.benchmarks.training;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code --name value} pairs of a command line. */
final class Options {

  private final Map<String, String> values = new HashMap<>();

  private Options() {}

  /**
   * Reads a command line.
   *
   * @param known names without dashes
   * @throws IllegalArgumentException naming what is not known or lacks its value
   */
  static Options of(String[] arguments, List<String> known) {
    Options options = new Options();
    for (int i = 0; i < arguments.length; i += 2) {
      String name = arguments[i].startsWith("--") ? arguments[i].substring(2) : "";
      if (!known.contains(name) || i + 1 == arguments.length) {
        throw new IllegalArgumentException(
            "expected --name value with a name of %s, was %s".formatted(known, arguments[i]));
      }
      options.values.put(name, arguments[i + 1]);
    }
    return options;
  }

  String text(String name, String otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  Optional<String> given(String name) {
    return Optional.ofNullable(values.get(name));
  }

  int number(String name, int otherwise) {
    return Integer.parseInt(text(name, Integer.toString(otherwise)));
  }

  Path path(String name, String otherwise) {
    return Path.of(text(name, otherwise));
  }
}
