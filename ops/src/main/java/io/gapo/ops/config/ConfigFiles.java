package io.gapo.ops.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Loads the settings: overrides, then the user's file, then the defaults. */
public final class ConfigFiles {

  private static final String OBJECTIVES = "gapo.objectives";
  private static final String SERVICE = "http.url";
  private static final Pattern QUERY = Pattern.compile("\\?.*", Pattern.DOTALL);

  private ConfigFiles() {}

  /**
   * Merges and resolves all sources.
   *
   * @param file of the user, in HOCON or JSON; it may include others
   * @param overrides by full key, stronger than the file
   * @param commandDefaults by full key, weaker than the file
   * @throws ConfigurationException if the file cannot be read or sets a key that there is not
   */
  public static Config load(
      Optional<Path> file, Map<String, ?> overrides, Map<String, ?> commandDefaults) {
    Config defaults =
        ConfigFactory.parseResources("application.conf")
            .withFallback(ConfigFactory.defaultReferenceUnresolved());
    try {
      Config commandLine = values(overrides, "command line");
      Config userFile = file.map(ConfigFiles::parse).orElseGet(ConfigFactory::empty);
      KnownRoots.require(commandLine, false, defaults);
      KnownRoots.require(userFile, true, defaults);
      Config user =
          ConfigFactory.defaultOverrides()
              .withFallback(commandLine)
              .withFallback(userFile)
              .withFallback(values(commandDefaults, "set by the command"));
      Config merged = user.withFallback(defaults).resolve();
      KnownKeys.require(merged, defaults.resolve());
      return merged;
    } catch (ConfigException e) {
      throw unintelligible(e);
    }
  }

  /**
   * Reads settings; whatever is wrong with one is reported with the place it stands at. {@link
   * GapoConfig#from} does so itself.
   */
  public static <T> T locating(Config root, Supplier<T> reader) {
    try {
      return reader.get();
    } catch (ConfigException e) {
      throw unintelligible(e);
    } catch (ConfigurationException e) {
      String place = e.key().map(key -> place(root, key)).orElse("");
      throw new ConfigurationException(e.key().orElse(null), e.getMessage() + place, e);
    }
  }

  /** The same for a check, which gives nothing. */
  static void checking(Config root, Runnable check) {
    locating(
        root,
        () -> {
          check.run();
          return root;
        });
  }

  private static ConfigurationException unintelligible(ConfigException e) {
    return new ConfigurationException(null, "cannot understand the settings: " + e.getMessage(), e);
  }

  /** The settings under {@code gapo} as plain values, fit to be shown: secrets are masked. */
  public static Map<String, Object> published(Config root) {
    Config shown = root;
    for (String property : root.getObject("gapo.kafka.client").keySet()) {
      shown =
          shown.withValue(
              "gapo.kafka.client." + ConfigUtil.quoteString(property),
              ConfigValueFactory.fromAnyRef("***"));
    }
    if (shown.hasPath(OBJECTIVES)) {
      shown =
          shown.withValue(
              OBJECTIVES,
              ConfigValueFactory.fromIterable(
                  shown.getConfigList(OBJECTIVES).stream()
                      .map(ConfigFiles::withoutQuery)
                      .map(Config::root)
                      .toList()));
    }
    return shown.getObject("gapo").unwrapped();
  }

  /** An objective whose service's address shows no query, which may hold a key. */
  private static Config withoutQuery(Config objective) {
    if (!objective.hasPath(SERVICE)) {
      return objective;
    }
    return objective.withValue(
        SERVICE,
        ConfigValueFactory.fromAnyRef(
            QUERY.matcher(objective.getString(SERVICE)).replaceFirst("?***")));
  }

  private static String place(Config root, String key) {
    int block = key.indexOf('[');
    String path = block < 0 ? key : key.substring(0, block);
    if (!root.hasPath(path)) {
      return "";
    }
    ConfigOrigin origin = root.getValue(path).origin();
    return isDefault(origin) ? "" : " (%s)".formatted(origin.description());
  }

  private static boolean isDefault(ConfigOrigin origin) {
    return "reference.conf".equals(origin.resource());
  }

  private static Config values(Map<String, ?> values, String origin) {
    Config config = ConfigFactory.empty();
    for (Map.Entry<String, ?> entry : values.entrySet()) {
      config =
          config.withValue(entry.getKey(), ConfigValueFactory.fromAnyRef(entry.getValue(), origin));
    }
    return config;
  }

  private static Config parse(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException("there is no settings file %s".formatted(file));
    }
    if (!Files.isReadable(file)) {
      throw new ConfigurationException(
          "the settings file %s may not be read: fix its permissions".formatted(file));
    }
    // Includes are looked for beside the file, and a relative name may have no parent.
    return ConfigFactory.parseFile(
        file.toAbsolutePath().toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
  }
}
