package io.gapo.ops.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds keys under {@code gapo} that are no settings: misspelled ones would else do nothing. */
final class KnownKeys {

  /** Objects whose keys are the user's own. */
  private static final Set<String> FREE =
      Set.of(
          "gapo.kafka.client",
          "gapo.combination.preference",
          "gapo.combination.smooth-tchebycheff.ideal");

  private static final String OBJECTIVES = "gapo.objectives";

  /** The keys of an objective's block; they have no defaults, so reference.conf cannot tell. */
  private static final Map<String, Set<String>> OBJECTIVE_KEYS =
      Map.of(
          "",
              Set.of(
                  "name",
                  "scored-by",
                  "watch-only",
                  "overdue-after",
                  "normalise",
                  "model",
                  "rule",
                  "http",
                  "plugin",
                  "external"),
          "external", Set.of(),
          "normalise", Set.of("kind", "shift", "scale", "window"),
          "http", HttpConfig.allKeys(),
          "model", Set.of("directory", "negate", "template"),
          "rule",
              Set.of(
                  "kind",
                  "target-tokens",
                  "unit",
                  "min",
                  "max",
                  "pattern",
                  "ignore-case",
                  "tolerance",
                  "schema",
                  "size",
                  "required",
                  "forbidden"));

  private final List<String> complaints = new ArrayList<>();

  private KnownKeys() {}

  /**
   * @param settings resolved
   * @param defaults with every key that there is
   * @throws ConfigurationException naming every unknown key, its place and what may be meant
   */
  static void require(Config settings, Config defaults) {
    KnownKeys keys = new KnownKeys();
    keys.compare("gapo", settings.getObject("gapo"), defaults.getObject("gapo"));
    if (!keys.complaints.isEmpty()) {
      throw new ConfigurationException(
          keys.complaints.stream().sorted().collect(Collectors.joining(System.lineSeparator())));
    }
  }

  private void compare(String path, ConfigObject settings, ConfigObject defaults) {
    settings.forEach(
        (key, value) -> {
          String full = path + "." + ConfigUtil.joinPath(key);
          ConfigValue expected = defaults.get(key);
          if (expected == null) {
            complain(path, full, key, value, defaults.keySet());
          } else if (full.equals(OBJECTIVES) && value instanceof ConfigList blocks) {
            compareObjectives(blocks);
          } else if (!FREE.contains(full)
              && value instanceof ConfigObject part
              && expected instanceof ConfigObject known) {
            compare(full, part, known);
          }
        });
  }

  private void compareObjectives(ConfigList blocks) {
    for (int i = 0; i < blocks.size(); i++) {
      compareBlock("%s[%s]".formatted(OBJECTIVES, i), "", blocks.get(i));
    }
  }

  private void compareBlock(String path, String kind, ConfigValue value) {
    Set<String> known = OBJECTIVE_KEYS.get(kind);
    if (known == null || !(value instanceof ConfigObject block)) {
      return; // a plain value, or of the wrong type, which its reader says better
    }
    block.forEach(
        (key, part) -> {
          String full = path + "." + ConfigUtil.joinPath(key);
          if (known.contains(key)) {
            compareBlock(full, key, part);
          } else {
            complain(path, full, key, part, known);
          }
        });
  }

  private void complain(
      String path, String full, String key, ConfigValue value, Collection<String> known) {
    String remedy =
        new TreeSet<>(known)
            .stream()
                .min(Comparator.comparingInt(other -> distance(key, other)))
                .filter(nearest -> distance(key, nearest) <= 3)
                .map(nearest -> "did you mean %s.%s?".formatted(path, nearest))
                .orElseGet(
                    () ->
                        "%s has %s"
                            .formatted(
                                path,
                                known.isEmpty()
                                    ? "no settings"
                                    : String.join(", ", new TreeSet<>(known))));
    complaints.add(
        "%s is not a setting (%s): %s".formatted(full, value.origin().description(), remedy));
  }

  /** Insertions, deletions and substitutions that turn one word into the other (Levenshtein). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
