package io.gapo.ops.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what would do nothing at the top of a user's settings, and what stands in the place of a
 * whole block, which would make the others impossible to resolve. A file may have keys of its own,
 * for substitutions, if no setting has such a name.
 */
final class KnownRoots {

  private static final String ROOT = "gapo";

  private KnownRoots() {}

  /**
   * Checks one source of settings before it is merged with others.
   *
   * @param source of the user; need not be resolved
   * @param isFile whether it may have keys of its own
   * @param defaults with every block that there is; need not be resolved
   * @throws ConfigurationException naming the first key that is wrong, its place and the remedy
   */
  static void require(Config source, boolean isFile, Config defaults) {
    for (Map.Entry<String, ConfigValue> each : source.root().entrySet()) {
      ConfigValue known = defaults.root().get(each.getKey());
      if (known == null && !(isFile && isOwn(each.getKey(), defaults.root()))) {
        throw stranger(each.getKey(), each.getValue(), defaults.root());
      }
      if (known != null && each.getKey().equals(ROOT)) {
        requireBlock(ROOT, each.getValue(), known);
      }
    }
  }

  private static boolean isOwn(String key, ConfigObject defaults) {
    return !key.startsWith(ROOT) && !settings(defaults).contains(key);
  }

  private static Set<String> settings(ConfigObject defaults) {
    return defaults.get(ROOT) instanceof ConfigObject settings ? settings.keySet() : Set.of();
  }

  private static ConfigurationException stranger(
      String key, ConfigValue value, ConfigObject defaults) {
    Set<String> below = settings(defaults);
    String remedy;
    if (key.startsWith(ROOT + ".")) {
      remedy = "write %s without quotes".formatted(key);
    } else if (below.contains(key)) {
      remedy = "did you mean %s.%s?".formatted(ROOT, key);
    } else {
      remedy = "settings begin with %s; there are also %s".formatted(ROOT, others(defaults));
    }
    return new ConfigurationException(
        "%s is not a setting (%s): %s".formatted(ConfigUtil.joinPath(key), place(value), remedy));
  }

  /** Where its first setting stands: blocks that a dotted key makes stand nowhere themselves. */
  private static String place(ConfigValue value) {
    if (value instanceof ConfigObject block) {
      try {
        for (ConfigValue part : block.values()) {
          return place(part);
        }
      } catch (ConfigException.NotResolved e) {
        return value.origin().description();
      }
    }
    return value.origin().description();
  }

  private static String others(ConfigObject defaults) {
    Set<String> others = new TreeSet<>(defaults.keySet());
    others.remove(ROOT);
    return String.join(", ", others);
  }

  private static void requireBlock(String path, ConfigValue value, ConfigValue known) {
    if (!(known instanceof ConfigObject block)) {
      return;
    }
    if (!(value instanceof ConfigObject own)) {
      typeOf(value)
          .ifPresent(
              type -> {
                throw new ConfigurationException(
                    "%s must be a block of settings, was %s (%s): set %s"
                        .formatted(
                            path,
                            value.render(),
                            value.origin().description(),
                            block.keySet().stream()
                                .sorted()
                                .findFirst()
                                .map(key -> "one below it, as %s.%s".formatted(path, key))
                                .orElse("its keys below it")));
              });
      return;
    }
    for (String key : block.keySet()) {
      ConfigValue part = partOf(own, key);
      ConfigValue expected = block.get(key);
      if (part != null && expected != null) {
        requireBlock(path + "." + ConfigUtil.joinPath(key), part, expected);
      }
    }
  }

  /** Null where there is none, or none can be known before substitutions are resolved. */
  private static @Nullable ConfigValue partOf(ConfigObject block, String key) {
    try {
      return block.get(key);
    } catch (ConfigException.NotResolved e) {
      return null;
    }
  }

  /** Empty for a substitution, whose value is not known yet. */
  private static Optional<ConfigValueType> typeOf(ConfigValue value) {
    try {
      return Optional.of(value.valueType());
    } catch (ConfigException.NotResolved e) {
      return Optional.empty();
    }
  }
}
